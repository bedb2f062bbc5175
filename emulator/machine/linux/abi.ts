// Constants of the Linux system call interface (the generic ones, which riscv64 uses).

export const AT_FDCWD = -100;

export enum OpenFlag {
  WriteOnly = 0o1,
  ReadWrite = 0o2,
  AccessMode = 0o3,
  Create = 0o100,
  Exclusive = 0o200,
  Truncate = 0o1000,
  Append = 0o2000,
  NonBlock = 0o4000,
  LargeFile = 0o100000,
  Directory = 0o200000,
  NoFollow = 0o400000,
  CloseOnExec = 0o2000000,
  Path = 0o10000000,
  TemporaryFile = 0o20000000,
}

export enum AtFlag {
  SymlinkNoFollow = 0x100,
  RemoveDirectory = 0x200,
  EmptyPath = 0x1000,
}

/** st_mode's file types. */
export enum ModeType {
  Fifo = 0o010000,
  CharacterDevice = 0o020000,
  Directory = 0o040000,
  Regular = 0o100000,
  Link = 0o120000,
}

/** d_type of a directory entry. */
export enum EntryType {
  Unknown = 0,
  Directory = 4,
  Regular = 8,
  Link = 10,
}

export enum Seek {
  Set = 0,
  Current = 1,
  End = 2,
}

export enum MapFlag {
  Shared = 1,
  Private = 2,
  SharedValidate = 3,
  TypeMask = 15,
  Fixed = 0x10,
  Anonymous = 0x20,
  FixedNoReplace = 0x100000,
}

export enum ClockId {
  Realtime = 0,
  Monotonic = 1,
  ProcessCpu = 2,
  ThreadCpu = 3,
  MonotonicRaw = 4,
  RealtimeCoarse = 5,
  MonotonicCoarse = 6,
  BootTime = 7,
}

/** Keys of the auxiliary vector. */
export enum Auxiliary {
  Null = 0,
  ProgramHeaders = 3,
  ProgramHeaderSize = 4,
  ProgramHeaderCount = 5,
  PageSize = 6,
  Base = 7,
  Flags = 8,
  Entry = 9,
  Uid = 11,
  EffectiveUid = 12,
  Gid = 13,
  EffectiveGid = 14,
  HardwareCapabilities = 16,
  ClockTicks = 17,
  Secure = 23,
  Random = 25,
  ExecutableName = 31,
}

/** Clock ticks per second of times(2) and AT_CLKTCK. */
export const CLOCK_TICKS = 100;

/** The guest's identity: fixed, so that runs are alike on every host. */
export const identity = { pid: 4242, parent: 1, uid: 1000, gid: 1000 } as const;
