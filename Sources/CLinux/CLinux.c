#define _GNU_SOURCE
#include "CLinux.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int checked(int result) {
  return result < 0 ? -errno : result;
}

static int64_t checked64(int64_t result) {
  return result < 0 ? -errno : result;
}

// --- addresses ---

static uint64_t read_u64(const uint8_t *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++)
    value = value << 8 | bytes[i];
  return value;
}

static void write_u64(uint64_t value, uint8_t *bytes) {
  for (int i = 7; i >= 0; i--, value >>= 8)
    bytes[i] = (uint8_t)value;
}

static socklen_t to_sockaddr(const clinux_address *from, struct sockaddr_storage *to) {
  memset(to, 0, sizeof *to);
  if (from->family == 4) {
    struct sockaddr_in *v4 = (struct sockaddr_in *)to;
    v4->sin_family = AF_INET;
    v4->sin_port = htons(from->port);
    v4->sin_addr.s_addr = htonl((uint32_t)from->low);
    return sizeof *v4;
  }
  struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)to;
  v6->sin6_family = AF_INET6;
  v6->sin6_port = htons(from->port);
  v6->sin6_scope_id = from->scope;
  write_u64(from->high, v6->sin6_addr.s6_addr);
  write_u64(from->low, v6->sin6_addr.s6_addr + 8);
  return sizeof *v6;
}

static int from_sockaddr(const struct sockaddr *from, clinux_address *to) {
  memset(to, 0, sizeof *to);
  if (from->sa_family == AF_INET) {
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)from;
    to->family = 4;
    to->port = ntohs(v4->sin_port);
    to->low = ntohl(v4->sin_addr.s_addr);
    return 0;
  }
  if (from->sa_family == AF_INET6) {
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)from;
    to->family = 6;
    to->port = ntohs(v6->sin6_port);
    to->scope = v6->sin6_scope_id;
    to->high = read_u64(v6->sin6_addr.s6_addr);
    to->low = read_u64(v6->sin6_addr.s6_addr + 8);
    return 0;
  }
  if (from->sa_family == AF_UNIX) {
    to->family = 4;
    to->low = INADDR_LOOPBACK;
    return 0;
  }
  return -EAFNOSUPPORT;
}

int clinux_parse_address(const char *text, clinux_address *address) {
  struct sockaddr_in v4 = {.sin_family = AF_INET};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
  if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
    return from_sockaddr((struct sockaddr *)&v4, address);
  if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
    return from_sockaddr((struct sockaddr *)&v6, address);
  return -EINVAL;
}

int clinux_format_address(const clinux_address *address, char *text) {
  struct sockaddr_storage storage;
  to_sockaddr(address, &storage);
  const void *bytes = address->family == 4 ? (const void *)&((struct sockaddr_in *)&storage)->sin_addr
                                           : (const void *)&((struct sockaddr_in6 *)&storage)->sin6_addr;
  return inet_ntop(storage.ss_family, bytes, text, 64) ? 0 : -errno;
}

int clinux_resolve(const char *host, uint16_t port, clinux_address *addresses, int capacity) {
  struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};
  struct addrinfo *list = NULL;
  if (getaddrinfo(host, NULL, &hints, &list) != 0)
    return -ENOENT;
  int count = 0;
  for (struct addrinfo *item = list; item && count < capacity; item = item->ai_next) {
    if (from_sockaddr(item->ai_addr, &addresses[count]) == 0)
      addresses[count++].port = port;
  }
  freeaddrinfo(list);
  return count > 0 ? count : -ENOENT;
}

// --- epoll and eventfd ---

int clinux_epoll_create(void) {
  return checked(epoll_create1(EPOLL_CLOEXEC));
}

static int epoll_register(int epoll, int fd, uint32_t events, uint64_t token) {
  struct epoll_event event = {.events = events, .data = {.u64 = token}};
  return checked(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event));
}

int clinux_epoll_add(int epoll, int fd, uint64_t token) {
  return epoll_register(epoll, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, token);
}

int clinux_epoll_add_reader(int epoll, int fd, uint64_t token) {
  return epoll_register(epoll, fd, EPOLLIN, token);
}

int clinux_epoll_remove(int epoll, int fd) {
  return checked(epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL));
}

int clinux_epoll_wait(int epoll, clinux_event *events, int capacity, int timeout_ms) {
  struct epoll_event raw[256];
  if (capacity > 256)
    capacity = 256;
  int count = epoll_wait(epoll, raw, capacity, timeout_ms);
  if (count < 0)
    return errno == EINTR ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    uint32_t seen = 0;
    if (raw[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      seen |= CLINUX_READABLE;
    if (raw[i].events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
      seen |= CLINUX_WRITABLE;
    if (raw[i].events & (EPOLLHUP | EPOLLERR))
      seen |= CLINUX_HANGUP;
    if (raw[i].events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
      seen |= CLINUX_ENDED;
    events[i] = (clinux_event){.token = raw[i].data.u64, .events = seen};
  }
  return count;
}

int clinux_eventfd(int nonblocking) {
  return checked(eventfd(0, EFD_CLOEXEC | (nonblocking ? EFD_NONBLOCK : 0)));
}

int clinux_eventfd_signal(int fd) {
  uint64_t one = 1;
  ssize_t result;
  do
    result = write(fd, &one, sizeof one);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : 0;
}

int clinux_eventfd_take(int fd) {
  uint64_t count;
  ssize_t result;
  do
    result = read(fd, &count, sizeof count);
  while (result < 0 && errno == EINTR);
  return result < 0 ? -errno : 0;
}

// --- sockets ---

int clinux_listen(const clinux_address *address, int backlog) {
  struct sockaddr_storage storage;
  socklen_t length = to_sockaddr(address, &storage);
  int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -errno;
  int on = 1;
  int failed = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0;
  if (!failed && address->family == 6) {
    failed = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) < 0;
  }
  if (failed || bind(fd, (struct sockaddr *)&storage, length) < 0 || listen(fd, backlog) < 0) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

// A socket's path may have 107 bytes only: it is named through a descriptor of its folder.
static int local_address(const char *folder, const char *name, int *held, struct sockaddr_un *address) {
  *held = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (*held < 0)
    return -errno;
  memset(address, 0, sizeof *address);
  address->sun_family = AF_UNIX;
  int length = snprintf(address->sun_path, sizeof address->sun_path, "/proc/self/fd/%d/%s", *held, name);
  if (length < 0 || length >= (int)sizeof address->sun_path) {
    close(*held);
    return -ENAMETOOLONG;
  }
  return 0;
}

// The descriptor, or what failed; the folder is let go.
static int local_result(int fd, int failed, int held) {
  int result = failed ? -errno : fd;
  if (failed && fd >= 0)
    close(fd);
  close(held);
  return result;
}

int clinux_listen_local(const char *folder, const char *name, int backlog) {
  struct sockaddr_un address;
  int held;
  int result = local_address(folder, name, &held, &address);
  if (result < 0)
    return result;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  // The mode of the descriptor is the mode of the file that bind makes: nobody can connect before.
  int failed = fd < 0 || fchmod(fd, 0600) < 0 || (unlink(address.sun_path) < 0 && errno != ENOENT) ||
               bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, backlog) < 0;
  return local_result(fd, failed, held);
}

int clinux_connect_local(const char *folder, const char *name) {
  struct sockaddr_un address;
  int held;
  int result = local_address(folder, name, &held, &address);
  if (result < 0)
    return result;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int failed = fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0;
  return local_result(fd, failed, held);
}

int clinux_accept(int listener, clinux_address *peer) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  int fd = accept4(listener, (struct sockaddr *)&storage, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0)
    return -errno;
  if (from_sockaddr((struct sockaddr *)&storage, peer) < 0) {
    close(fd);
    return -ECONNABORTED;
  }
  return fd;
}

int clinux_connect(const clinux_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = to_sockaddr(address, &storage);
  int fd = socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -errno;
  if (connect(fd, (struct sockaddr *)&storage, length) < 0 && errno != EINPROGRESS) {
    int error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

int clinux_socket_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
    return errno;
  return error;
}

int clinux_local_address(int fd, clinux_address *address) {
  struct sockaddr_storage storage;
  socklen_t length = sizeof storage;
  if (getsockname(fd, (struct sockaddr *)&storage, &length) < 0)
    return -errno;
  return from_sockaddr((struct sockaddr *)&storage, address);
}

int64_t clinux_receive(int fd, void *bytes, size_t count) {
  ssize_t result;
  do
    result = recv(fd, bytes, count, 0);
  while (result < 0 && errno == EINTR);
  return checked64(result);
}

int64_t clinux_send(int fd, const void *bytes, size_t count, int more) {
  ssize_t result;
  do
    result = send(fd, bytes, count, MSG_NOSIGNAL | (more ? MSG_MORE : 0));
  while (result < 0 && errno == EINTR);
  return checked64(result);
}

int64_t clinux_send_two(int fd, const void *first, size_t first_count, const void *second,
                        size_t second_count) {
  struct iovec parts[2] = {{(void *)first, first_count}, {(void *)second, second_count}};
  struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
  ssize_t result;
  do
    result = sendmsg(fd, &message, MSG_NOSIGNAL);
  while (result < 0 && errno == EINTR);
  return checked64(result);
}

int64_t clinux_sendfile(int socket, int file, int64_t offset, size_t count) {
  off_t position = offset;
  ssize_t result;
  do
    result = sendfile(socket, file, &position, count);
  while (result < 0 && errno == EINTR);
  return checked64(result);
}

int clinux_shutdown_write(int fd) {
  return checked(shutdown(fd, SHUT_WR));
}

static int set_int(int fd, int level, int option, int value) {
  return checked(setsockopt(fd, level, option, &value, sizeof value));
}

int clinux_set_nodelay(int fd) {
  return set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
}

int clinux_set_keepalive(int fd, int idle_s, int interval_s, int count) {
  int result = set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  if (result == 0)
    result = set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, idle_s);
  if (result == 0)
    result = set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, interval_s);
  if (result == 0)
    result = set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, count);
  return result;
}

int clinux_set_user_timeout(int fd, unsigned int milliseconds) {
  return checked(setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &milliseconds, sizeof milliseconds));
}

int clinux_set_reset_on_close(int fd) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  return checked(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
}

// --- files ---

int clinux_open_read(const char *path) {
  return checked(open(path, O_RDONLY | O_CLOEXEC));
}

int clinux_file_status(int fd, int64_t *size, int64_t *modified_s) {
  struct stat status;
  if (fstat(fd, &status) < 0)
    return -errno;
  if (!S_ISREG(status.st_mode))
    return -EINVAL;
  *size = status.st_size;
  *modified_s = status.st_mtim.tv_sec;
  return 0;
}

void clinux_close(int fd) {
  close(fd);
}

// --- process and threads ---

int64_t clinux_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
    return -errno;
  return limit.rlim_cur > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_cur;
}

int64_t clinux_descriptor_limit_most(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
    return -errno;
  return limit.rlim_max > INT32_MAX ? INT32_MAX : (int64_t)limit.rlim_max;
}

int64_t clinux_set_descriptor_limit(int64_t wanted) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
    return -errno;
  limit.rlim_cur = (rlim_t)wanted < limit.rlim_max ? (rlim_t)wanted : limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
    return -errno;
  return clinux_descriptor_limit();
}

int64_t clinux_monotonic_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

int64_t clinux_unix_seconds(void) {
  return time(NULL);
}

void clinux_ignore_sigpipe(void) {
  signal(SIGPIPE, SIG_IGN);
}

typedef struct {
  void (*body)(void *);
  void *context;
  char name[16];
} thread_start;

static void *thread_main(void *argument) {
  thread_start start = *(thread_start *)argument;
  free(argument);
  pthread_setname_np(pthread_self(), start.name);
  start.body(start.context);
  return NULL;
}

int clinux_thread_start(void (*body)(void *), void *context, const char *name) {
  thread_start *start = malloc(sizeof *start);
  if (!start)
    return -ENOMEM;
  start->body = body;
  start->context = context;
  snprintf(start->name, sizeof start->name, "%s", name);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 8u << 20);
  pthread_t thread;
  int error = pthread_create(&thread, &attributes, thread_main, start);
  pthread_attr_destroy(&attributes);
  if (error)
    free(start);
  return -error;
}

uintptr_t clinux_thread_marker(void) {
  static _Thread_local char marker;
  return (uintptr_t)&marker;
}
