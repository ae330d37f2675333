#ifndef ATELIER_CHASHES_H
#define ATELIER_CHASHES_H

#include <stddef.h>
#include <stdint.h>

// Four functions of OpenSSL's libcrypto. Its algorithms are looked up once and kept, in a library context of
// our own, which reads no configuration of the host. Functions that return a status return 1, or 0 for a
// failure.

enum {
  CHASHES_SHA1 = 0,
  CHASHES_SHA256 = 1,
};

/// A hash of bytes that come in pieces; used by one thread at a time.
typedef struct evp_md_ctx_st chashes_context;

/// Begins a hash; null for a failure. Freed by `chashes_free`.
chashes_context *chashes_new(int algorithm);

/// A hash that goes on from where `context` is; null for a failure. Freed by `chashes_free`.
chashes_context *chashes_copy(const chashes_context *context);

/// Adds bytes.
int chashes_update(chashes_context *context, const void *bytes, size_t size);

/// Writes the digest, as many bytes as the algorithm has; the hash cannot go on after it.
int chashes_finish(chashes_context *context, uint8_t *digest);

/// Frees a hash.
void chashes_free(chashes_context *context);

/// The digest of bytes that are all there.
int chashes_digest(int algorithm, const void *bytes, size_t size, uint8_t *digest);

/// HMAC-SHA-256 (RFC 2104), 32 bytes.
int chashes_hmac_sha256(const uint8_t *key, size_t key_size, const uint8_t *message, size_t size,
                        uint8_t *code);

/// scrypt (RFC 7914); the caller has bounded what it may cost. `reason` is filled when it fails.
int chashes_scrypt(const uint8_t *password, size_t password_size, const uint8_t *salt, size_t salt_size,
                   uint64_t rounds, uint64_t block_size, uint64_t parallelism, uint8_t *key, size_t key_size,
                   char reason[200]);

/// Whether two pieces of memory are equal, in time that depends on their size alone.
int chashes_equal(const void *left, const void *right, size_t size);

#endif
