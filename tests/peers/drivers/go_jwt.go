// SPDX-License-Identifier: Apache-2.0

// go_jwt.go - golang-jwt as a peer. It knows no JWK. Which version of the library this is, is the
// distribution's affair; see ../build_go.sh.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

type ask struct {
	Do     string                 `json:"do"`
	Alg    string                 `json:"alg"`
	Format string                 `json:"format"`
	Key    string                 `json:"key"`
	Token  string                 `json:"token"`
	Claims map[string]interface{} `json:"claims"`
}

// Set by the linker: the library has no constant that says it.
var version string

var formats = map[string][]string{
	"raw": {"HS256", "HS384", "HS512"},
	"pem": {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
		"EdDSA"},
}

func privateKey(of ask) (interface{}, error) {
	pem := []byte(of.Key)
	switch {
	case of.Format == "raw":
		return base64.RawURLEncoding.DecodeString(of.Key)
	case strings.HasPrefix(of.Alg, "ES"):
		return jwt.ParseECPrivateKeyFromPEM(pem)
	case strings.HasPrefix(of.Alg, "Ed"):
		return jwt.ParseEdPrivateKeyFromPEM(pem)
	}
	return jwt.ParseRSAPrivateKeyFromPEM(pem)
}

func publicKey(of ask) (interface{}, error) {
	pem := []byte(of.Key)
	switch {
	case of.Format == "raw":
		return base64.RawURLEncoding.DecodeString(of.Key)
	case strings.HasPrefix(of.Alg, "ES"):
		return jwt.ParseECPublicKeyFromPEM(pem)
	case strings.HasPrefix(of.Alg, "Ed"):
		return jwt.ParseEdPublicKeyFromPEM(pem)
	}
	return jwt.ParseRSAPublicKeyFromPEM(pem)
}

func sign(of ask) (interface{}, error) {
	key, err := privateKey(of)
	if err != nil {
		return nil, err
	}
	token := jwt.NewWithClaims(jwt.GetSigningMethod(of.Alg), jwt.MapClaims(of.Claims))
	text, err := token.SignedString(key)
	return map[string]interface{}{"ok": true, "token": text}, err
}

func verify(of ask) (interface{}, error) {
	key, err := publicKey(of)
	if err != nil {
		return nil, err
	}
	given := func(*jwt.Token) (interface{}, error) { return key, nil }
	claims := jwt.MapClaims{}
	token, err := jwt.NewParser(jwt.WithValidMethods([]string{of.Alg})).
		ParseWithClaims(of.Token, claims, given)
	if err == nil && !token.Valid {
		err = errors.New("not valid")
	}
	return map[string]interface{}{"ok": true, "claims": claims}, err
}

func answer(line []byte) (interface{}, error) {
	var of ask
	if err := json.Unmarshal(line, &of); err != nil {
		// a JWK is no text, and nobody offered to take one
		return nil, err
	}
	switch of.Do {
	case "hello":
		return map[string]interface{}{"peer": "golang-jwt", "version": version,
			"formats": formats}, nil
	case "sign":
		return sign(of)
	}
	return verify(of)
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		said, err := answer(line)
		if err != nil {
			said = map[string]interface{}{"ok": false, "error": err.Error()}
		}
		if out.Encode(said) != nil {
			os.Exit(1)
		}
	}
}
