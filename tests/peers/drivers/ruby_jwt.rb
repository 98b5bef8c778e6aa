# SPDX-License-Identifier: Apache-2.0
# ruby_jwt.rb - ruby-jwt as a peer. EdDSA it knows by the gem rbnacl, whose keys are octets.
require 'json'
require 'jwt'
require 'openssl'
require 'rbnacl'

HMAC = %w[HS256 HS384 HS512].freeze
PAIRS = %w[RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K].freeze

def raw(text)
  text.tr('-_', '+/').unpack1('m')
end

def ed25519(jwk)
  return RbNaCl::Signatures::Ed25519::SigningKey.new(raw(jwk['d'])) if jwk.key?('d')

  RbNaCl::Signatures::Ed25519::VerifyKey.new(raw(jwk['x']))
end

# JWT::JWK takes an HMAC secret's "k" for the secret itself and knows neither secp256k1 nor OKP.
def read(format, key)
  case format
  when 'jwk'
    key['kty'] == 'OKP' ? ed25519(key) : JWT::JWK.import(key.transform_keys(&:to_sym)).keypair
  when 'pem' then OpenSSL::PKey.read(key)
  else raw(key)
  end
end

def answer(ask)
  case ask['do']
  when 'hello'
    { peer: 'ruby-jwt', version: JWT::VERSION::STRING,
      formats: { jwk: PAIRS - ['ES256K'] + ['EdDSA'], pem: PAIRS, raw: HMAC } }
  when 'sign'
    key = read(ask['format'], ask['key'])
    { ok: true, token: JWT.encode(ask['claims'], key, ask['alg']) }
  else
    key = read(ask['format'], ask['key'])
    { ok: true, claims: JWT.decode(ask['token'], key, true, algorithm: ask['alg'])[0] }
  end
end

$stdout.sync = true
$stdin.each_line do |line|
  begin
    puts JSON.generate(answer(JSON.parse(line)))
  rescue StandardError => e
    puts JSON.generate(ok: false, error: "#{e.class}: #{e.message}")
  end
end
