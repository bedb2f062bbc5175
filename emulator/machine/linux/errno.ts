// Linux's error numbers, and the exception with which a system call ends early.

export enum Errno {
  EPERM = 1,
  ENOENT = 2,
  ESRCH = 3,
  EINTR = 4,
  EIO = 5,
  ENXIO = 6,
  E2BIG = 7,
  ENOEXEC = 8,
  EBADF = 9,
  ECHILD = 10,
  EAGAIN = 11,
  ENOMEM = 12,
  EACCES = 13,
  EFAULT = 14,
  EBUSY = 16,
  EEXIST = 17,
  EXDEV = 18,
  ENODEV = 19,
  ENOTDIR = 20,
  EISDIR = 21,
  EINVAL = 22,
  ENFILE = 23,
  EMFILE = 24,
  ENOTTY = 25,
  EFBIG = 27,
  ENOSPC = 28,
  ESPIPE = 29,
  EROFS = 30,
  EMLINK = 31,
  EPIPE = 32,
  EDOM = 33,
  ERANGE = 34,
  ENAMETOOLONG = 36,
  ENOSYS = 38,
  ENOTEMPTY = 39,
  ELOOP = 40,
  EOVERFLOW = 75,
  EOPNOTSUPP = 95,
  ETIMEDOUT = 110,
}

/** Ends a system call with an error. */
export class LinuxError extends Error {
  constructor(readonly errno: Errno) {
    super(Errno[errno]);
  }
}

export function fail(errno: Errno): never {
  throw new LinuxError(errno);
}

/** The number of a `HostError`'s code; EIO for one that Linux does not know. */
export function errnoByName(code: string): Errno {
  const value = (Errno as unknown as Record<string, number | undefined>)[code];
  return value ?? Errno.EIO;
}
