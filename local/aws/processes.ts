import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { codeOf } from './errors';

type Process = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
};

const onLinux = process.platform === 'linux';

/** When a process started, in the system's own words; undefined when it is gone (or a zombie, which is gone). */
export function startedAt(pid: number): string | undefined {
  if (onLinux) return statOf(pid)?.started;
  return ps(['-o', 'lstart=', '-p', String(pid)]).trim() || undefined;
}

/** True only for the process itself, not for another that was given its recycled id. */
export function isStill(pid: number, started: string): boolean {
  return startedAt(pid) === started;
}

/**
 * Every live process that came from `leader`: its session, its group and its descendants. A descendant that made
 * a session of its own and lost its parent carries none of these, so it is known by `marker` in its environment
 * (only Linux shows another process's environment).
 */
export function familyOf(leader: number | undefined, marker: string): readonly number[] {
  const all = listProcesses();
  const family = new Set<number>();
  for (const one of all) {
    const own = one.pid === leader || one.group === leader || one.session === leader;
    if (own || carries(one.pid, marker)) family.add(one.pid);
  }
  for (let before = -1; before !== family.size; ) {
    before = family.size;
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  family.delete(process.pid);
  return [...family];
}

/** Kills at once: the local AWS keeps nothing on disk that an orderly end would save. */
export function kill(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // Ended between being listed and being killed.
      if (codeOf(error) !== 'ESRCH') throw error;
    }
  }
}

function listProcesses(): readonly Process[] {
  if (!onLinux) return ps(['-axo', 'pid=,ppid=,pgid=']).split('\n').flatMap(parsePsLine);
  return readdirSync('/proc').flatMap((entry) => {
    const stat = /^\d+$/.test(entry) ? statOf(Number(entry)) : undefined;
    return stat ? [stat] : [];
  });
}

function parsePsLine(line: string): readonly Process[] {
  const [pid, parent, group] = line.trim().split(/\s+/).map(Number);
  if (!pid || parent === undefined || group === undefined) return [];
  return [{ pid, parent, group, session: group }];
}

function statOf(pid: number): (Process & { readonly started: string }) | undefined {
  const stat = readProc(pid, 'stat');
  // The command's name is in parentheses and may itself hold spaces and parentheses.
  const [state, parent, group, session, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const started = rest[15];
  if (!started || state === 'Z' || state === 'X') return undefined;
  return { pid, parent: Number(parent), group: Number(group), session: Number(session), started };
}

function carries(pid: number, marker: string): boolean {
  return onLinux && readProc(pid, 'environ').split('\0').includes(marker);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    // Gone, or another user's: either way not ours.
    return '';
  }
}

function ps(args: readonly string[]): string {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    // `ps -p` ends with 1 when there is no such process.
    return '';
  }
}
