// SPDX-License-Identifier: Apache-2.0
// wrapper.cpp - libjeton in C++: owners that free, and exceptions where they suit.
#include <jeton.h>

#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace jeton
{

// An owner for each kind of object: its free function takes the address of the pointer.
template <typename T, void (*Free)(T **)> struct deleter {
    void operator()(T *object) const
    {
        Free(&object);
    }
};
using key = std::unique_ptr<jeton_key, deleter<jeton_key, jeton_key_free>>;
using keyset = std::unique_ptr<jeton_keyset, deleter<jeton_keyset, jeton_keyset_free>>;
using verifier = std::unique_ptr<jeton_verifier, deleter<jeton_verifier, jeton_verifier_free>>;
using verdict = std::unique_ptr<jeton_verdict, deleter<jeton_verdict, jeton_verdict_free>>;
using signer = std::unique_ptr<jeton_signer, deleter<jeton_signer, jeton_signer_free>>;
using claims = std::unique_ptr<jeton_claims, deleter<jeton_claims, jeton_claims_free>>;
using text = std::unique_ptr<jeton_text, deleter<jeton_text, jeton_text_free>>;

struct failure : std::runtime_error {
    jeton_status status;
    explicit failure(const jeton_err &err) : std::runtime_error(err.text), status(err.status)
    {
    }
};

// Calls one of the functions that make an object: make<key>([&](auto *to, auto *err) { … }).
template <typename Owner, typename Call> Owner make(Call call)
{
    typename Owner::pointer made = nullptr;
    jeton_err err = {};
    if (call(&made, &err) != JETON_OK)
        throw failure(err);
    return Owner(made);
}

inline jeton_span span(std::string_view bytes)
{
    return jeton_bytes(bytes.data(), bytes.size());
}

} // namespace jeton

// Whose token it is. A token that is refused is no exception: it is what a verifier is there for.
static std::string subject_of(const jeton_verifier *verifier, jeton_verdict *verdict,
                              std::string_view token)
{
    jeton_span sub = {};
    if (jeton_verify(verifier, jeton::span(token), verdict) != JETON_OK)
        return std::string("refused: ") + jeton_verdict_why(verdict);
    if (!jeton_verdict_text(verdict, "sub", &sub))
        return "accepted: nobody";
    return "accepted: " + std::string(reinterpret_cast<const char *>(sub.ptr), sub.len);
}

int main()
try {
    jeton_policy policy = {};
    policy.algs = JETON_ALG_BIT(JETON_ES256);
    jeton_token_defaults defaults = {};
    defaults.lifetime = 900;

    auto key = jeton::make<jeton::key>([](auto *to, auto *err) {
        return jeton_key_generate(nullptr, JETON_ES256, jeton_str("k1"), to, err);
    });
    auto signer = jeton::make<jeton::signer>([&](auto *to, auto *err) {
        return jeton_signer_new(nullptr, key.get(), JETON_ES256, &defaults, to, err);
    });
    auto claims = jeton::make<jeton::claims>(
        [](auto *to, auto *err) { return jeton_claims_new(nullptr, to, err); });
    jeton_claims_set_text(claims.get(), "sub", jeton::span("alice"));
    auto token = jeton::make<jeton::text>(
        [&](auto *to, auto *err) { return jeton_sign(signer.get(), claims.get(), to, err); });
    auto keys = jeton::make<jeton::keyset>([&](auto *to, auto *err) {
        const jeton_key *list[] = {key.get()};
        return jeton_keyset_new(nullptr, list, 1, to, err);
    });
    auto verifier = jeton::make<jeton::verifier>([&](auto *to, auto *err) {
        return jeton_verifier_new(nullptr, &policy, keys.get(), to, err);
    });
    auto verdict = jeton::make<jeton::verdict>(
        [](auto *to, auto *err) { return jeton_verdict_new(nullptr, to, err); });

    const std::string good = jeton_text_chars(token.get());
    std::cout << subject_of(verifier.get(), verdict.get(), good) << "\n";
    std::cout << subject_of(verifier.get(), verdict.get(), good.substr(0, good.size() - 2)) << "\n";
    return 0;
} catch (const jeton::failure &failed) {
    std::cerr << jeton_status_name(failed.status) << ": " << failed.what() << "\n";
    return 1;
}
