package main

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/http"
	"runtime"

	"golang.org/x/crypto/argon2"
)

// One hash per core at a time: more would only slow each other down.
var gate = make(chan struct{}, runtime.NumCPU())

const saltLength = 16

// Argon2id, m=19456, t=2, p=1; the salt precedes the hash.
func hash(password string, salt []byte) []byte {
	gate <- struct{}{}
	defer func() { <-gate }()
	return append(append([]byte{}, salt...), argon2.IDKey([]byte(password), salt, 2, 19456, 1, 32)...)
}

func random(length int) []byte {
	bytes := make([]byte, length)
	if _, err := rand.Read(bytes); err != nil {
		panic(err)
	}
	return bytes
}

func (s *server) register(w http.ResponseWriter, r *http.Request) {
	var c credentials
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		refuse(w, err)
		return
	}
	var id string
	err := s.db.QueryRow(r.Context(),
		`INSERT INTO users (email, password_hash) VALUES ($1, $2) RETURNING id::text`,
		c.Email, hash(c.Password, random(saltLength))).Scan(&id)
	if err != nil {
		refuse(w, err)
		return
	}
	s.signIn(w, r, id)
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	var c credentials
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		refuse(w, err)
		return
	}
	var id string
	var stored []byte
	err := s.db.QueryRow(r.Context(),
		`SELECT id::text, password_hash FROM users WHERE email = $1 AND disabled_at IS NULL`,
		c.Email).Scan(&id, &stored)
	if err == nil && subtle.ConstantTimeCompare(hash(c.Password, stored[:saltLength]), stored) != 1 {
		err = errors.New("wrong password")
	}
	if err != nil {
		refuse(w, err)
		return
	}
	s.signIn(w, r, id)
}

func (s *server) signIn(w http.ResponseWriter, r *http.Request, user string) {
	token := random(32)
	sum := sha256.Sum256(token)
	var session string
	err := s.db.QueryRow(r.Context(), `
		WITH session AS (
			INSERT INTO sessions (user_id, expires_at) VALUES ($1, now() + interval '90 days') RETURNING id),
		token AS (
			INSERT INTO refresh_tokens SELECT id, $2, now() + interval '14 days' FROM session)
		SELECT id::text FROM session`, user, sum[:]).Scan(&session)
	if err != nil {
		refuse(w, err)
		return
	}
	s.give(w, user, session, token)
}

// The token names its session, so that one conditional statement replaces it.
func (s *server) refresh(w http.ResponseWriter, r *http.Request) {
	var old pair
	if err := json.NewDecoder(r.Body).Decode(&old); err != nil {
		refuse(w, err)
		return
	}
	bytes, err := encoding.DecodeString(old.RefreshToken)
	if err != nil || len(bytes) != 68 {
		refuse(w, errors.New("malformed token"))
		return
	}
	session, sum, next := string(bytes[:36]), sha256.Sum256(bytes[36:]), random(32)
	nextSum := sha256.Sum256(next)
	var user string
	err = s.db.QueryRow(r.Context(), `
		UPDATE refresh_tokens r SET token_hash = $3, expires_at = now() + interval '14 days'
		FROM sessions s JOIN users u ON u.id = s.user_id
		WHERE r.session_id = $1 AND r.token_hash = $2 AND r.expires_at > now() AND s.id = r.session_id
			AND s.ended_at IS NULL AND s.expires_at > now() AND u.disabled_at IS NULL
		RETURNING u.id::text`, session, sum[:], nextSum[:]).Scan(&user)
	if err != nil {
		refuse(w, err)
		return
	}
	s.give(w, user, session, next)
}

func (s *server) give(w http.ResponseWriter, user, session string, token []byte) {
	access, err := s.tokens.sign(user, session)
	if err != nil {
		refuse(w, err)
		return
	}
	answer(w, pair{access, encoding.EncodeToString(append([]byte(session), token...))})
}
