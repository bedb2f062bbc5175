// The file operations of a door, each passed through one function: how recording and replaying see them alike.
import type { HostFiles, HostStat } from "../api.ts";
import type { Answer } from "./journal.ts";

/** Answers `call`; `ask` asks the real files, where there are any. */
export type Through = <T extends Answer>(call: string, ask: (files: HostFiles) => T) => T;

/** Host files whose every operation goes through `through`. */
export function filesThrough(through: Through): HostFiles {
  const act = (call: string, work: (files: HostFiles) => void): void => {
    through(call, (files): undefined => {
      work(files);
    });
  };
  return {
    realpath: (path) => through(`realpath ${path}`, (files) => files.realpath(path)),
    open: (path, mode) => through(`open ${path}`, (files) => files.open(path, mode)),
    close: (handle) => act(`close ${handle}`, (files) => files.close(handle)),
    read: (handle, length, position) =>
      through(`read ${handle} ${length} ${position}`, (files) => files.read(handle, length, position).slice()),
    write: (handle, data, position) =>
      through(`write ${handle} ${data.length} ${position}`, (files) => files.write(handle, data, position)),
    truncate: (handle, length) => act(`truncate ${handle} ${length}`, (files) => files.truncate(handle, length)),
    stat: (path, followLinks) => through<HostStat>(`stat ${path}`, (files) => files.stat(path, followLinks)),
    fstat: (handle) => through<HostStat>(`fstat ${handle}`, (files) => files.fstat(handle)),
    list: (path) => through(`list ${path}`, (files) => files.list(path)),
    mkdir: (path, permissions) => act(`mkdir ${path}`, (files) => files.mkdir(path, permissions)),
    unlink: (path) => act(`unlink ${path}`, (files) => files.unlink(path)),
    rmdir: (path) => act(`rmdir ${path}`, (files) => files.rmdir(path)),
    rename: (from, to) => act(`rename ${from} ${to}`, (files) => files.rename(from, to)),
    setPermissions: (target, permissions) =>
      act(`setPermissions ${target} ${permissions}`, (files) => files.setPermissions(target, permissions)),
    setTimes: (target, accessed, modified) =>
      act(`setTimes ${target} ${accessed} ${modified}`, (files) => files.setTimes(target, accessed, modified)),
    readlink: (path) => through(`readlink ${path}`, (files) => files.readlink(path)),
  };
}
