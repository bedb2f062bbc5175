// Written by emulator/machine/linux/syscall-names.test.ts (TERRARIUM_BLESS=1) from the machine's table.

/** The arguments of those that are decoded, in their order, and what they are. */
export interface SyscallSignatures {
  /** By the name of the call. */
  riscv64: {
    getcwd: {
      buffer: "pointer";
      size: "size";
    };
    dup: {
      fd: "fd";
    };
    dup3: {
      oldfd: "fd";
      newfd: "fd";
      flags: "flags";
    };
    fcntl: {
      fd: "fd";
      command: "int";
      argument: "uint";
    };
    ioctl: {
      fd: "fd";
      request: "uint";
      argument: "pointer";
    };
    flock: {
      fd: "fd";
      operation: "int";
    };
    mkdirat: {
      dirfd: "dirfd";
      path: "path";
      mode: "mode";
    };
    unlinkat: {
      dirfd: "dirfd";
      path: "path";
      flags: "flags";
    };
    symlinkat: {
      target: "path";
      dirfd: "dirfd";
      path: "path";
    };
    linkat: {
      olddirfd: "dirfd";
      oldpath: "path";
      newdirfd: "dirfd";
      newpath: "path";
      flags: "flags";
    };
    renameat: {
      olddirfd: "dirfd";
      oldpath: "path";
      newdirfd: "dirfd";
      newpath: "path";
    };
    statfs: {
      path: "path";
      status: "pointer";
    };
    fstatfs: {
      fd: "fd";
      status: "pointer";
    };
    truncate: {
      path: "path";
      length: "offset";
    };
    ftruncate: {
      fd: "fd";
      length: "offset";
    };
    fallocate: {
      fd: "fd";
      mode: "flags";
      offset: "offset";
      length: "offset";
    };
    faccessat: {
      dirfd: "dirfd";
      path: "path";
      mode: "int";
    };
    chdir: {
      path: "path";
    };
    fchdir: {
      fd: "fd";
    };
    fchmod: {
      fd: "fd";
      mode: "mode";
    };
    fchmodat: {
      dirfd: "dirfd";
      path: "path";
      mode: "mode";
    };
    fchownat: {
      dirfd: "dirfd";
      path: "path";
      user: "uint";
      group: "uint";
      flags: "flags";
    };
    fchown: {
      fd: "fd";
      user: "uint";
      group: "uint";
    };
    openat: {
      dirfd: "dirfd";
      path: "path";
      flags: "flags";
      mode: "mode";
    };
    close: {
      fd: "fd";
    };
    pipe2: {
      descriptors: "pointer";
      flags: "flags";
    };
    getdents64: {
      fd: "fd";
      buffer: "pointer";
      count: "size";
    };
    lseek: {
      fd: "fd";
      offset: "offset";
      whence: "int";
    };
    read: {
      fd: "fd";
      buffer: "pointer";
      count: "size";
    };
    write: {
      fd: "fd";
      buffer: "pointer";
      count: "size";
    };
    readv: {
      fd: "fd";
      vector: "pointer";
      count: "int";
    };
    writev: {
      fd: "fd";
      vector: "pointer";
      count: "int";
    };
    pread64: {
      fd: "fd";
      buffer: "pointer";
      count: "size";
      position: "offset";
    };
    pwrite64: {
      fd: "fd";
      buffer: "pointer";
      count: "size";
      position: "offset";
    };
    preadv: {
      fd: "fd";
      vector: "pointer";
      count: "int";
      position: "offset";
    };
    pwritev: {
      fd: "fd";
      vector: "pointer";
      count: "int";
      position: "offset";
    };
    sendfile: {
      out: "fd";
      in: "fd";
      offset: "pointer";
      count: "size";
    };
    pselect6: {
      count: "int";
      reads: "pointer";
      writes: "pointer";
      exceptions: "pointer";
      timeout: "pointer";
      mask: "pointer";
    };
    ppoll: {
      descriptors: "pointer";
      count: "uint";
      timeout: "pointer";
      mask: "pointer";
      size: "size";
    };
    readlinkat: {
      dirfd: "dirfd";
      path: "path";
      buffer: "pointer";
      size: "size";
    };
    newfstatat: {
      dirfd: "dirfd";
      path: "path";
      status: "pointer";
      flags: "flags";
    };
    fstat: {
      fd: "fd";
      status: "pointer";
    };
    fsync: {
      fd: "fd";
    };
    fdatasync: {
      fd: "fd";
    };
    utimensat: {
      dirfd: "dirfd";
      path: "path";
      times: "pointer";
      flags: "flags";
    };
    exit: {
      status: "int";
    };
    exit_group: {
      status: "int";
    };
    waitid: {
      which: "int";
      id: "int";
      info: "pointer";
      options: "flags";
      usage: "pointer";
    };
    set_tid_address: {
      address: "pointer";
    };
    futex: {
      address: "pointer";
      operation: "int";
      value: "uint";
      timeout: "pointer";
      address2: "pointer";
      value3: "uint";
    };
    set_robust_list: {
      head: "pointer";
      length: "size";
    };
    nanosleep: {
      request: "pointer";
      remaining: "pointer";
    };
    getitimer: {
      which: "int";
      value: "pointer";
    };
    setitimer: {
      which: "int";
      new: "pointer";
      old: "pointer";
    };
    clock_gettime: {
      clock: "int";
      time: "pointer";
    };
    clock_getres: {
      clock: "int";
      resolution: "pointer";
    };
    clock_nanosleep: {
      clock: "int";
      flags: "flags";
      request: "pointer";
      remaining: "pointer";
    };
    sched_getscheduler: {
      pid: "int";
    };
    sched_getparam: {
      pid: "int";
      parameters: "pointer";
    };
    sched_setaffinity: {
      pid: "int";
      size: "size";
      mask: "pointer";
    };
    sched_getaffinity: {
      pid: "int";
      size: "size";
      mask: "pointer";
    };
    sched_get_priority_max: {
      policy: "int";
    };
    sched_get_priority_min: {
      policy: "int";
    };
    kill: {
      pid: "int";
      signal: "signal";
    };
    tkill: {
      tid: "int";
      signal: "signal";
    };
    tgkill: {
      pid: "int";
      tid: "int";
      signal: "signal";
    };
    sigaltstack: {
      new: "pointer";
      old: "pointer";
    };
    rt_sigsuspend: {
      mask: "pointer";
      size: "size";
    };
    rt_sigaction: {
      signal: "signal";
      new: "pointer";
      old: "pointer";
      size: "size";
    };
    rt_sigprocmask: {
      how: "int";
      new: "pointer";
      old: "pointer";
      size: "size";
    };
    rt_sigpending: {
      set: "pointer";
      size: "size";
    };
    rt_sigtimedwait: {
      set: "pointer";
      info: "pointer";
      timeout: "pointer";
      size: "size";
    };
    rt_sigqueueinfo: {
      pid: "int";
      signal: "signal";
      info: "pointer";
    };
    setpriority: {
      which: "int";
      who: "int";
      priority: "int";
    };
    getpriority: {
      which: "int";
      who: "int";
    };
    getresuid: {
      real: "pointer";
      effective: "pointer";
      saved: "pointer";
    };
    getresgid: {
      real: "pointer";
      effective: "pointer";
      saved: "pointer";
    };
    times: {
      buffer: "pointer";
    };
    setpgid: {
      pid: "int";
      group: "int";
    };
    getpgid: {
      pid: "int";
    };
    getsid: {
      pid: "int";
    };
    getgroups: {
      count: "int";
      list: "pointer";
    };
    uname: {
      name: "pointer";
    };
    getrlimit: {
      resource: "int";
      limit: "pointer";
    };
    setrlimit: {
      resource: "int";
      limit: "pointer";
    };
    getrusage: {
      who: "int";
      usage: "pointer";
    };
    umask: {
      mask: "mode";
    };
    prctl: {
      option: "int";
      argument2: "uint";
      argument3: "uint";
      argument4: "uint";
      argument5: "uint";
    };
    getcpu: {
      cpu: "pointer";
      node: "pointer";
      cache: "pointer";
    };
    gettimeofday: {
      time: "pointer";
      zone: "pointer";
    };
    sysinfo: {
      info: "pointer";
    };
    socket: {
      domain: "int";
      type: "int";
      protocol: "int";
    };
    connect: {
      fd: "fd";
      address: "pointer";
      length: "uint";
    };
    brk: {
      address: "pointer";
    };
    munmap: {
      address: "pointer";
      length: "size";
    };
    mremap: {
      address: "pointer";
      oldlength: "size";
      newlength: "size";
      flags: "flags";
      newaddress: "pointer";
    };
    clone: {
      flags: "flags";
      stack: "pointer";
      parent: "pointer";
      tls: "pointer";
      child: "pointer";
    };
    execve: {
      path: "path";
      arguments: "pointer";
      environment: "pointer";
    };
    mmap: {
      address: "pointer";
      length: "size";
      protection: "flags";
      flags: "flags";
      fd: "fd";
      offset: "offset";
    };
    fadvise64: {
      fd: "fd";
      offset: "offset";
      length: "offset";
      advice: "int";
    };
    mprotect: {
      address: "pointer";
      length: "size";
      protection: "flags";
    };
    msync: {
      address: "pointer";
      length: "size";
      flags: "flags";
    };
    mlock: {
      address: "pointer";
      length: "size";
    };
    munlock: {
      address: "pointer";
      length: "size";
    };
    mincore: {
      address: "pointer";
      length: "size";
      vector: "pointer";
    };
    madvise: {
      address: "pointer";
      length: "size";
      advice: "int";
    };
    riscv_hwprobe: {
      pairs: "pointer";
      count: "size";
      cpus: "size";
      mask: "pointer";
      flags: "flags";
    };
    riscv_flush_icache: {
      start: "pointer";
      end: "pointer";
      flags: "flags";
    };
    wait4: {
      pid: "int";
      status: "pointer";
      options: "flags";
      usage: "pointer";
    };
    prlimit64: {
      pid: "int";
      resource: "int";
      new: "pointer";
      old: "pointer";
    };
    renameat2: {
      olddirfd: "dirfd";
      oldpath: "path";
      newdirfd: "dirfd";
      newpath: "path";
      flags: "flags";
    };
    getrandom: {
      buffer: "pointer";
      length: "size";
      flags: "flags";
    };
    memfd_create: {
      name: "path";
      flags: "flags";
    };
    membarrier: {
      command: "int";
      flags: "flags";
      cpu: "int";
    };
    statx: {
      dirfd: "dirfd";
      path: "path";
      flags: "flags";
      mask: "flags";
      status: "pointer";
    };
    rseq: {
      area: "pointer";
      length: "uint";
      flags: "flags";
      signature: "uint";
    };
    clone3: {
      arguments: "pointer";
      size: "size";
    };
    close_range: {
      first: "uint";
      last: "uint";
      flags: "flags";
    };
    faccessat2: {
      dirfd: "dirfd";
      path: "path";
      mode: "int";
      flags: "flags";
    };
  };
}
