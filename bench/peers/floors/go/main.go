// The same three operations in a native program: no GraphQL, no limits, no audit, no mail.
package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/jackc/pgx/v4/pgxpool"
)

const tables = `
	CREATE TABLE IF NOT EXISTS users (
		id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text NOT NULL UNIQUE,
		password_hash bytea NOT NULL, disabled_at timestamptz);
	CREATE TABLE IF NOT EXISTS sessions (
		id uuid PRIMARY KEY DEFAULT gen_random_uuid(), user_id uuid NOT NULL REFERENCES users,
		ended_at timestamptz, expires_at timestamptz NOT NULL);
	CREATE INDEX IF NOT EXISTS sessions_user_id ON sessions (user_id);
	CREATE TABLE IF NOT EXISTS refresh_tokens (
		session_id uuid PRIMARY KEY REFERENCES sessions, token_hash bytea NOT NULL,
		expires_at timestamptz NOT NULL)`

type server struct {
	db     *pgxpool.Pool
	tokens tokens
}

type credentials struct {
	Email    string `json:"email"`
	Password string `json:"password"`
}

type pair struct {
	AccessToken  string `json:"accessToken"`
	RefreshToken string `json:"refreshToken"`
}

func main() {
	db, err := pgxpool.Connect(context.Background(), os.Getenv("DATABASE_URL")+"?pool_max_conns=10")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := db.Exec(context.Background(), tables); err != nil {
		log.Fatal(err)
	}
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	s := &server{db, tokens{public, private}}
	http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) {})
	http.HandleFunc("/register", s.register)
	http.HandleFunc("/login", s.login)
	http.HandleFunc("/refresh", s.refresh)
	http.HandleFunc("/me", s.me)
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}

func answer(w http.ResponseWriter, value interface{}) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(body)
}

func refuse(w http.ResponseWriter, err error) {
	log.Print(err)
	http.Error(w, `{"errors":[{"message":"UNAUTHENTICATED"}]}`, http.StatusUnauthorized)
}

// One statement joins session and user, so an ended session is refused at once.
func (s *server) me(w http.ResponseWriter, r *http.Request) {
	session, err := s.tokens.verify(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		refuse(w, err)
		return
	}
	var id, email string
	err = s.db.QueryRow(r.Context(), `
		SELECT u.id::text, u.email FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL`,
		session).Scan(&id, &email)
	if err != nil {
		refuse(w, err)
		return
	}
	me := map[string]string{"id": id, "email": email}
	answer(w, map[string]interface{}{"data": map[string]interface{}{"me": me}})
}
