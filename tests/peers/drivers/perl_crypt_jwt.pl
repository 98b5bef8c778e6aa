#!/usr/bin/perl
# SPDX-License-Identifier: Apache-2.0
# perl_crypt_jwt.pl - Crypt::JWT as a peer.
use strict;
use warnings;
use Crypt::JWT qw(decode_jwt encode_jwt);
use JSON::PP;
use MIME::Base64 qw(decode_base64url);

my @hmac  = qw(HS256 HS384 HS512);
my @pairs = qw(RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 ES256K EdDSA);
my $json  = JSON::PP->new->utf8->canonical->allow_nonref;

# A JWK is a hash, a PEM a reference to the text, an HMAC secret the octets themselves.
sub key_of {
    my ($ask) = @_;
    my $key = $ask->{key};
    return $key if $ask->{format} eq 'jwk';
    return $ask->{format} eq 'pem' ? \$key : decode_base64url($key);
}

sub hello {
    return {
        peer    => 'Crypt::JWT',
        version => $Crypt::JWT::VERSION,
        formats => { jwk => [ @hmac, @pairs ], pem => \@pairs, raw => \@hmac },
    };
}

sub sign {
    my ($ask) = @_;
    my $token =
      encode_jwt( payload => $ask->{claims}, key => key_of($ask), alg => $ask->{alg} );
    return { ok => JSON::PP::true, token => $token };
}

sub verify {
    my ($ask) = @_;
    my $claims = decode_jwt(
        token        => $ask->{token},
        key          => key_of($ask),
        accepted_alg => $ask->{alg},
    );
    return { ok => JSON::PP::true, claims => $claims };
}

my %verbs = ( hello => \&hello, sign => \&sign, verify => \&verify );
$| = 1;
while ( my $line = <STDIN> ) {
    my $ask    = $json->decode($line);
    my $answer = eval { $verbs{ $ask->{do} }->($ask) };
    $answer = { ok => JSON::PP::false, error => "$@" } if !$answer;
    print $json->encode($answer), "\n";
}
