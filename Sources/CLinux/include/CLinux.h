#ifndef ATELIER_CLINUX_H
#define ATELIER_CLINUX_H

// Linux calls that Glibc's Swift overlay does not show, or shows only through raw pointers.
// Every function that can fail returns a negative errno.

#include <stddef.h>
#include <stdint.h>

/// An IPv4 (family 4, address in the low 32 bits of `low`) or IPv6 (family 6) address in host byte order.
typedef struct {
  uint8_t family;
  uint16_t port;
  uint32_t scope;
  uint64_t high;
  uint64_t low;
} clinux_address;

/// What epoll reported for one registered descriptor.
typedef struct {
  uint64_t token;
  uint32_t events;
} clinux_event;

enum {
  CLINUX_READABLE = 1,
  CLINUX_WRITABLE = 2,
  CLINUX_HANGUP = 4,
  /// The peer will send nothing more; what it sent before may still have to be read.
  CLINUX_ENDED = 8,
};

int clinux_epoll_create(void);
/// Registers `fd` edge-triggered for reading, writing and hang-up.
int clinux_epoll_add(int epoll, int fd, uint64_t token);
/// Registers `fd` level-triggered for reading only.
int clinux_epoll_add_reader(int epoll, int fd, uint64_t token);
int clinux_epoll_remove(int epoll, int fd);
/// Waits at most `timeout_ms` (-1: for ever). Returns the number of events; an interrupted wait is 0.
int clinux_epoll_wait(int epoll, clinux_event *events, int capacity, int timeout_ms);

int clinux_eventfd(int nonblocking);
int clinux_eventfd_signal(int fd);
/// Takes the pending count; blocks if the descriptor does.
int clinux_eventfd_take(int fd);

int clinux_listen(const clinux_address *address, int backlog);
/// Listens on a Unix socket `name` in `folder`, mode 0600, in place of one that was left there.
int clinux_listen_local(const char *folder, const char *name, int backlog);
/// Connects to a Unix socket; the descriptor is non-blocking.
int clinux_connect_local(const char *folder, const char *name);
/// A Unix socket's peer is told as 127.0.0.1, port 0.
int clinux_accept(int listener, clinux_address *peer);
/// Starts a non-blocking connect. Returns the descriptor; the result is read with `clinux_socket_error`.
int clinux_connect(const clinux_address *address);
/// Takes the socket's pending error as a positive errno, 0 for none.
int clinux_socket_error(int fd);
int clinux_local_address(int fd, clinux_address *address);

int64_t clinux_receive(int fd, void *bytes, size_t count);
int64_t clinux_send(int fd, const void *bytes, size_t count, int more);
/// Sends two buffers as if they were one.
int64_t clinux_send_two(int fd, const void *first, size_t first_count, const void *second,
                        size_t second_count);
int64_t clinux_sendfile(int socket, int file, int64_t offset, size_t count);
int clinux_shutdown_write(int fd);

int clinux_set_nodelay(int fd);
int clinux_set_keepalive(int fd, int idle_s, int interval_s, int count);
int clinux_set_user_timeout(int fd, unsigned int milliseconds);
/// Makes the next close send RST.
int clinux_set_reset_on_close(int fd);

/// Opens `path` for reading, close-on-exec.
int clinux_open_read(const char *path);
/// Size and modification time of an open regular file; -EINVAL for anything else.
int clinux_file_status(int fd, int64_t *size, int64_t *modified_s);
void clinux_close(int fd);

/// Numeric addresses of a host name, by getaddrinfo (blocks). Returns how many, or -ENOENT.
int clinux_resolve(const char *host, uint16_t port, clinux_address *addresses, int capacity);
/// Parses a numeric address without its port. Returns 0 or -EINVAL.
int clinux_parse_address(const char *text, clinux_address *address);
/// Writes a numeric address without its port; `text` holds at least 64 bytes.
int clinux_format_address(const clinux_address *address, char *text);

/// The soft limit of open descriptors.
int64_t clinux_descriptor_limit(void);
/// The hard limit of open descriptors.
int64_t clinux_descriptor_limit_most(void);
/// Sets the soft limit, at most the hard one. Returns the limit now in force.
int64_t clinux_set_descriptor_limit(int64_t wanted);
void clinux_ignore_sigpipe(void);

/// Nanoseconds since the machine started by CLOCK_MONOTONIC.
int64_t clinux_monotonic_nanoseconds(void);

/// Seconds since 1970 by CLOCK_REALTIME.
int64_t clinux_unix_seconds(void);

/// Starts a detached thread; `name` is cut to 15 bytes.
int clinux_thread_start(void (*body)(void *), void *context, const char *name);
/// A number unique to the calling thread among those alive.
uintptr_t clinux_thread_marker(void);

#endif
