// The system calls of Linux on riscv64 (its generic table), one a line: number, name, arguments. An argument is
// `name:type`, or `fd` alone. Where no arguments stand, nobody decodes that call yet.

/** How an argument is to be read: `path` and `pointer` are guest addresses, the integers are of the C type's width. */
export type ArgumentType =
  | "fd"
  | "dirfd"
  | "int"
  | "uint"
  | "size"
  | "offset"
  | "pointer"
  | "path"
  | "flags"
  | "mode"
  | "signal";

export interface SyscallArgument {
  name: string;
  type: ArgumentType;
}

export interface SyscallDescription {
  number: number;
  name: string;
  arguments: readonly SyscallArgument[];
}

const table = `
0 io_setup
1 io_destroy
2 io_submit
3 io_cancel
4 io_getevents
5 setxattr
6 lsetxattr
7 fsetxattr
8 getxattr
9 lgetxattr
10 fgetxattr
11 listxattr
12 llistxattr
13 flistxattr
14 removexattr
15 lremovexattr
16 fremovexattr
17 getcwd buffer:pointer size:size
18 lookup_dcookie
19 eventfd2
20 epoll_create1
21 epoll_ctl
22 epoll_pwait
23 dup fd
24 dup3 oldfd:fd newfd:fd flags:flags
25 fcntl fd command:int argument:uint
26 inotify_init1
27 inotify_add_watch
28 inotify_rm_watch
29 ioctl fd request:uint argument:pointer
30 ioprio_set
31 ioprio_get
32 flock fd operation:int
33 mknodat
34 mkdirat dirfd:dirfd path:path mode:mode
35 unlinkat dirfd:dirfd path:path flags:flags
36 symlinkat target:path dirfd:dirfd path:path
37 linkat olddirfd:dirfd oldpath:path newdirfd:dirfd newpath:path flags:flags
38 renameat olddirfd:dirfd oldpath:path newdirfd:dirfd newpath:path
39 umount2
40 mount
41 pivot_root
42 nfsservctl
43 statfs path:path status:pointer
44 fstatfs fd status:pointer
45 truncate path:path length:offset
46 ftruncate fd length:offset
47 fallocate fd mode:flags offset:offset length:offset
48 faccessat dirfd:dirfd path:path mode:int
49 chdir path:path
50 fchdir fd
51 chroot
52 fchmod fd mode:mode
53 fchmodat dirfd:dirfd path:path mode:mode
54 fchownat dirfd:dirfd path:path user:uint group:uint flags:flags
55 fchown fd user:uint group:uint
56 openat dirfd:dirfd path:path flags:flags mode:mode
57 close fd
58 vhangup
59 pipe2 descriptors:pointer flags:flags
60 quotactl
61 getdents64 fd buffer:pointer count:size
62 lseek fd offset:offset whence:int
63 read fd buffer:pointer count:size
64 write fd buffer:pointer count:size
65 readv fd vector:pointer count:int
66 writev fd vector:pointer count:int
67 pread64 fd buffer:pointer count:size position:offset
68 pwrite64 fd buffer:pointer count:size position:offset
69 preadv fd vector:pointer count:int position:offset
70 pwritev fd vector:pointer count:int position:offset
71 sendfile out:fd in:fd offset:pointer count:size
72 pselect6 count:int reads:pointer writes:pointer exceptions:pointer timeout:pointer mask:pointer
73 ppoll descriptors:pointer count:uint timeout:pointer mask:pointer size:size
74 signalfd4
75 vmsplice
76 splice
77 tee
78 readlinkat dirfd:dirfd path:path buffer:pointer size:size
79 newfstatat dirfd:dirfd path:path status:pointer flags:flags
80 fstat fd status:pointer
81 sync
82 fsync fd
83 fdatasync fd
84 sync_file_range
85 timerfd_create
86 timerfd_settime
87 timerfd_gettime
88 utimensat dirfd:dirfd path:path times:pointer flags:flags
89 acct
90 capget
91 capset
92 personality
93 exit status:int
94 exit_group status:int
95 waitid which:int id:int info:pointer options:flags usage:pointer
96 set_tid_address address:pointer
97 unshare
98 futex address:pointer operation:int value:uint timeout:pointer address2:pointer value3:uint
99 set_robust_list head:pointer length:size
100 get_robust_list
101 nanosleep request:pointer remaining:pointer
102 getitimer which:int value:pointer
103 setitimer which:int new:pointer old:pointer
104 kexec_load
105 init_module
106 delete_module
107 timer_create
108 timer_gettime
109 timer_getoverrun
110 timer_settime
111 timer_delete
112 clock_settime
113 clock_gettime clock:int time:pointer
114 clock_getres clock:int resolution:pointer
115 clock_nanosleep clock:int flags:flags request:pointer remaining:pointer
116 syslog
117 ptrace
118 sched_setparam
119 sched_setscheduler
120 sched_getscheduler pid:int
121 sched_getparam pid:int parameters:pointer
122 sched_setaffinity pid:int size:size mask:pointer
123 sched_getaffinity pid:int size:size mask:pointer
124 sched_yield
125 sched_get_priority_max policy:int
126 sched_get_priority_min policy:int
127 sched_rr_get_interval
128 restart_syscall
129 kill pid:int signal:signal
130 tkill tid:int signal:signal
131 tgkill pid:int tid:int signal:signal
132 sigaltstack new:pointer old:pointer
133 rt_sigsuspend mask:pointer size:size
134 rt_sigaction signal:signal new:pointer old:pointer size:size
135 rt_sigprocmask how:int new:pointer old:pointer size:size
136 rt_sigpending set:pointer size:size
137 rt_sigtimedwait set:pointer info:pointer timeout:pointer size:size
138 rt_sigqueueinfo pid:int signal:signal info:pointer
139 rt_sigreturn
140 setpriority which:int who:int priority:int
141 getpriority which:int who:int
142 reboot
143 setregid
144 setgid
145 setreuid
146 setuid
147 setresuid
148 getresuid real:pointer effective:pointer saved:pointer
149 setresgid
150 getresgid real:pointer effective:pointer saved:pointer
151 setfsuid
152 setfsgid
153 times buffer:pointer
154 setpgid pid:int group:int
155 getpgid pid:int
156 getsid pid:int
157 setsid
158 getgroups count:int list:pointer
159 setgroups
160 uname name:pointer
161 sethostname
162 setdomainname
163 getrlimit resource:int limit:pointer
164 setrlimit resource:int limit:pointer
165 getrusage who:int usage:pointer
166 umask mask:mode
167 prctl option:int argument2:uint argument3:uint argument4:uint argument5:uint
168 getcpu cpu:pointer node:pointer cache:pointer
169 gettimeofday time:pointer zone:pointer
170 settimeofday
171 adjtimex
172 getpid
173 getppid
174 getuid
175 geteuid
176 getgid
177 getegid
178 gettid
179 sysinfo info:pointer
180 mq_open
181 mq_unlink
182 mq_timedsend
183 mq_timedreceive
184 mq_notify
185 mq_getsetattr
186 msgget
187 msgctl
188 msgrcv
189 msgsnd
190 semget
191 semctl
192 semtimedop
193 semop
194 shmget
195 shmctl
196 shmat
197 shmdt
198 socket domain:int type:int protocol:int
199 socketpair
200 bind
201 listen
202 accept
203 connect fd address:pointer length:uint
204 getsockname
205 getpeername
206 sendto
207 recvfrom
208 setsockopt
209 getsockopt
210 shutdown
211 sendmsg
212 recvmsg
213 readahead
214 brk address:pointer
215 munmap address:pointer length:size
216 mremap address:pointer oldlength:size newlength:size flags:flags newaddress:pointer
217 add_key
218 request_key
219 keyctl
220 clone flags:flags stack:pointer parent:pointer tls:pointer child:pointer
221 execve path:path arguments:pointer environment:pointer
222 mmap address:pointer length:size protection:flags flags:flags fd offset:offset
223 fadvise64 fd offset:offset length:offset advice:int
224 swapon
225 swapoff
226 mprotect address:pointer length:size protection:flags
227 msync address:pointer length:size flags:flags
228 mlock address:pointer length:size
229 munlock address:pointer length:size
230 mlockall
231 munlockall
232 mincore address:pointer length:size vector:pointer
233 madvise address:pointer length:size advice:int
234 remap_file_pages
235 mbind
236 get_mempolicy
237 set_mempolicy
238 migrate_pages
239 move_pages
240 rt_tgsigqueueinfo
241 perf_event_open
242 accept4
243 recvmmsg
258 riscv_hwprobe pairs:pointer count:size cpus:size mask:pointer flags:flags
259 riscv_flush_icache start:pointer end:pointer flags:flags
260 wait4 pid:int status:pointer options:flags usage:pointer
261 prlimit64 pid:int resource:int new:pointer old:pointer
262 fanotify_init
263 fanotify_mark
264 name_to_handle_at
265 open_by_handle_at
266 clock_adjtime
267 syncfs
268 setns
269 sendmmsg
270 process_vm_readv
271 process_vm_writev
272 kcmp
273 finit_module
274 sched_setattr
275 sched_getattr
276 renameat2 olddirfd:dirfd oldpath:path newdirfd:dirfd newpath:path flags:flags
277 seccomp
278 getrandom buffer:pointer length:size flags:flags
279 memfd_create name:path flags:flags
280 bpf
281 execveat
282 userfaultfd
283 membarrier command:int flags:flags cpu:int
284 mlock2
285 copy_file_range
286 preadv2
287 pwritev2
288 pkey_mprotect
289 pkey_alloc
290 pkey_free
291 statx dirfd:dirfd path:path flags:flags mask:flags status:pointer
292 io_pgetevents
293 rseq area:pointer length:uint flags:flags signature:uint
294 kexec_file_load
424 pidfd_send_signal
425 io_uring_setup
426 io_uring_enter
427 io_uring_register
428 open_tree
429 move_mount
430 fsopen
431 fsconfig
432 fsmount
433 fspick
434 pidfd_open
435 clone3 arguments:pointer size:size
436 close_range first:uint last:uint flags:flags
437 openat2
438 pidfd_getfd
439 faccessat2 dirfd:dirfd path:path mode:int flags:flags
440 process_madvise
441 epoll_pwait2
442 mount_setattr
443 quotactl_fd
444 landlock_create_ruleset
445 landlock_add_rule
446 landlock_restrict_self
447 memfd_secret
448 process_mrelease
449 futex_waitv
450 set_mempolicy_home_node
451 cachestat
452 fchmodat2
453 map_shadow_stack
454 futex_wake
455 futex_wait
456 futex_requeue
`;

export const syscallDescriptions: ReadonlyMap<number, SyscallDescription> = new Map(
  table
    .trim()
    .split("\n")
    .map((line) => {
      const [number, name, ...rest] = line.split(" ");
      const described = rest.map((argument): SyscallArgument => {
        const [argumentName, type = argumentName] = argument.split(":");
        return { name: argumentName, type: type as ArgumentType };
      });
      return [Number(number), { number: Number(number), name, arguments: described }];
    }),
);

/** `write`; `syscall 9999` for a number that is none. */
export function syscallName(number: number): string {
  return syscallDescriptions.get(number)?.name ?? `syscall ${number}`;
}
