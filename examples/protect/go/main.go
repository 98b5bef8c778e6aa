// SPDX-License-Identifier: Apache-2.0

// main.go - a Go server whose routes need access tokens of `jeton serve`.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

var (
	issuer       = os.Getenv("JETON_ISSUER")
	audience     = os.Getenv("JETON_AUDIENCE") // empty: the issuer
	errNoKeys    = errors.New("the keys cannot be fetched")
	errInvalid   = errors.New("the access token is not valid")
	maxAgeHeader = regexp.MustCompile(`max-age=(\d+)`)
)

// Claims are those of an access token that the routes look at.
type Claims struct {
	jwt.RegisteredClaims
	Roles []string `json:"roles"`
	Scope string   `json:"scope"`
}

// Keys are the published keys, kept for as long as the server allows (Cache-Control: max-age). A
// new key is published that long before it signs, so there is no need to ask for an unknown one.
type Keys struct {
	lock         sync.Mutex
	byID         map[string]*ecdsa.PublicKey
	until, retry time.Time
}

// Find gives the key of that id, nil if there is none, or errNoKeys.
func (keys *Keys) Find(id string) (*ecdsa.PublicKey, error) {
	keys.lock.Lock() // one asks; the others wait for what it gets
	defer keys.lock.Unlock()
	now := time.Now()
	if now.Before(keys.until) {
		return keys.byID[id], nil
	}
	if now.Before(keys.retry) {
		return nil, errNoKeys
	}
	keys.retry = now.Add(time.Second)
	if err := keys.fetch(now); err != nil {
		log.Print(err)
		return nil, errNoKeys
	}
	return keys.byID[id], nil
}

func (keys *Keys) fetch(now time.Time) error {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(issuer + "/.well-known/jwks.json")
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	var published struct {
		Keys []struct{ Kid, Alg, X, Y string }
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%w: %s", errNoKeys, answer.Status)
	}
	if err := json.NewDecoder(answer.Body).Decode(&published); err != nil {
		return err
	}
	keys.byID = map[string]*ecdsa.PublicKey{}
	for _, key := range published.Keys {
		if key.Alg == "ES256" {
			keys.byID[key.Kid] = &ecdsa.PublicKey{Curve: elliptic.P256(), X: number(key.X), Y: number(key.Y)}
		}
	}
	maxAge := 60
	if found := maxAgeHeader.FindStringSubmatch(answer.Header.Get("Cache-Control")); found != nil {
		maxAge, _ = strconv.Atoi(found[1])
	}
	keys.until = now.Add(time.Duration(maxAge) * time.Second)
	return nil
}

func number(text string) *big.Int {
	bytes, _ := base64.RawURLEncoding.DecodeString(text)
	return new(big.Int).SetBytes(bytes)
}

var keys Keys

// verify gives the claims of a good access token. The algorithm is what --token-alg says, never
// what a token says.
func verify(text string) (*Claims, error) {
	claims := &Claims{}
	unavailable := false
	token, err := jwt.ParseWithClaims(text, claims, func(token *jwt.Token) (interface{}, error) {
		id, _ := token.Header["kid"].(string)
		key, err := keys.Find(id)
		unavailable = err != nil
		if key == nil {
			return nil, errInvalid
		}
		return key, err
	}, jwt.WithValidMethods([]string{"ES256"}))
	if unavailable {
		return nil, errNoKeys
	}
	if err != nil {
		return nil, errInvalid
	}
	kind, _ := token.Header["typ"].(string)
	if !strings.EqualFold(strings.TrimPrefix(kind, "application/"), "at+jwt") ||
		claims.Issuer != issuer || !has(claims.Audience, audience) ||
		claims.ExpiresAt == nil || claims.Subject == "" || claims.ID == "" {
		return nil, errInvalid
	}
	return claims, nil
}

func has(list []string, wanted string) bool {
	for _, one := range list {
		if one == wanted {
			return true
		}
	}
	return false
}

// refuse answers with a challenge (RFC 6750 section 3), or because nobody can say.
func refuse(answer http.ResponseWriter, status int, code, why string) {
	challenge := "Bearer"
	if code != "" {
		challenge = fmt.Sprintf(`Bearer error="%s", error_description="%s"`, code, why)
	} else {
		code, why = "missing_token", "log in first"
	}
	if status == http.StatusServiceUnavailable {
		answer.Header().Set("Retry-After", "1")
	} else {
		answer.Header().Set("WWW-Authenticate", challenge)
	}
	reply(answer, status, map[string]string{"error": code, "error_description": why})
}

func reply(answer http.ResponseWriter, status int, body interface{}) {
	answer.Header().Set("Content-Type", "application/json")
	answer.WriteHeader(status)
	_ = json.NewEncoder(answer).Encode(body)
}

type claimsKey struct{}

// demand lets requests through whose token is good and has the role and the scope; either may be
// empty. The route finds the claims in the request's context.
func demand(role, scope string, route http.HandlerFunc) http.HandlerFunc {
	return func(answer http.ResponseWriter, request *http.Request) {
		scheme, text, _ := strings.Cut(request.Header.Get("Authorization"), " ")
		if !strings.EqualFold(scheme, "Bearer") || text == "" {
			refuse(answer, http.StatusUnauthorized, "", "")
			return
		}
		claims, err := verify(text)
		switch {
		case err == errNoKeys:
			refuse(answer, http.StatusServiceUnavailable, "temporarily_unavailable", err.Error())
		case err != nil:
			refuse(answer, http.StatusUnauthorized, "invalid_token", err.Error())
		case role != "" && !has(claims.Roles, role):
			refuse(answer, http.StatusForbidden, "insufficient_scope", "the role "+role+" is needed")
		case scope != "" && !has(strings.Fields(claims.Scope), scope):
			refuse(answer, http.StatusForbidden, "insufficient_scope", "the scope "+scope+" is needed")
		default:
			route(answer, request.WithContext(context.WithValue(request.Context(), claimsKey{}, claims)))
		}
	}
}

func me(answer http.ResponseWriter, request *http.Request) {
	claims := request.Context().Value(claimsKey{}).(*Claims)
	reply(answer, http.StatusOK, map[string]interface{}{"sub": claims.Subject, "roles": claims.Roles})
}

func orders(answer http.ResponseWriter, _ *http.Request) {
	reply(answer, http.StatusOK, map[string][]int{"orders": {1, 2, 3}})
}

func remove(answer http.ResponseWriter, request *http.Request) {
	if request.Method != http.MethodDelete {
		reply(answer, http.StatusMethodNotAllowed, map[string]string{"error": "method_not_allowed"})
		return
	}
	reply(answer, http.StatusOK, map[string]string{"removed": strings.TrimPrefix(request.URL.Path, "/orders/")})
}

func main() {
	if audience == "" {
		audience = issuer
	}
	http.HandleFunc("/me", demand("", "", me))
	http.HandleFunc("/orders", demand("", "orders:read", orders))
	http.HandleFunc("/orders/", demand("admin", "", remove))
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("listening on http://%s", listener.Addr())
	log.Fatal(http.Serve(listener, nil))
}
