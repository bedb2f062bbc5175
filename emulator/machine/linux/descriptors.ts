// The table of file descriptors.
import { Errno, fail } from "./errno.ts";
import type { OpenFile } from "./open-file.ts";

/** RLIMIT_NOFILE. */
export const DESCRIPTOR_LIMIT = 1024;

interface Descriptor {
  file: OpenFile;
  closeOnExec: boolean;
}

export class DescriptorTable {
  private readonly table = new Map<number, Descriptor>();

  /** EBADF when it is not open. */
  get(fd: number): OpenFile {
    return this.descriptor(fd).file;
  }

  descriptor(fd: number): Descriptor {
    return this.table.get(fd) ?? fail(Errno.EBADF);
  }

  /** Open descriptors, ascending. */
  numbers(): number[] {
    return [...this.table.keys()].sort((a, b) => a - b);
  }

  /** Gives the file the lowest free number from `least` on. */
  add(file: OpenFile, closeOnExec = false, least = 0): number {
    for (let fd = least; fd < DESCRIPTOR_LIMIT; fd++) {
      if (this.table.has(fd)) continue;
      this.put(fd, file, closeOnExec);
      return fd;
    }
    if (file.references === 0) file.close();
    return fail(Errno.EMFILE);
  }

  /** Gives the file a certain number, closing what had it. */
  put(fd: number, file: OpenFile, closeOnExec: boolean): void {
    if (fd < 0 || fd >= DESCRIPTOR_LIMIT) fail(Errno.EBADF);
    file.references++;
    if (this.table.has(fd)) this.close(fd);
    this.table.set(fd, { file, closeOnExec });
  }

  close(fd: number): void {
    const { file } = this.descriptor(fd);
    this.table.delete(fd);
    if (--file.references === 0) file.close();
  }

  closeAll(): void {
    for (const fd of this.numbers()) this.close(fd);
  }
}
