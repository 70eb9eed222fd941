package main

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// JWTs with EdDSA (RFC 8037), implemented with the standard library alone.
type tokens struct {
	public  ed25519.PublicKey
	private ed25519.PrivateKey
}

type claims struct {
	Subject string `json:"sub"`
	Session string `json:"sid"`
	Issued  int64  `json:"iat"`
	Expires int64  `json:"exp"`
}

var encoding = base64.RawURLEncoding
var header = encoding.EncodeToString([]byte(`{"alg":"EdDSA","typ":"at+jwt"}`))

func (t tokens) sign(user, session string) (string, error) {
	now := time.Now().Unix()
	body, err := json.Marshal(claims{user, session, now, now + 600})
	if err != nil {
		return "", err
	}
	signed := header + "." + encoding.EncodeToString(body)
	return signed + "." + encoding.EncodeToString(ed25519.Sign(t.private, []byte(signed))), nil
}

// Returns the session of a token. Verifies the signature each time.
func (t tokens) verify(token string) (string, error) {
	end := strings.LastIndexByte(token, '.')
	if end < 0 || !strings.HasPrefix(token, header+".") {
		return "", errors.New("malformed token")
	}
	signature, err := encoding.DecodeString(token[end+1:])
	if err != nil || !ed25519.Verify(t.public, []byte(token[:end]), signature) {
		return "", errors.New("wrong signature")
	}
	body, err := encoding.DecodeString(token[len(header)+1 : end])
	if err != nil {
		return "", err
	}
	var c claims
	if err := json.Unmarshal(body, &c); err != nil {
		return "", err
	}
	if c.Expires <= time.Now().Unix() {
		return "", errors.New("expired")
	}
	return c.Session, nil
}
