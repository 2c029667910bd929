import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whether this machine lets us mount a small disk; prints the reason where it doesn't. */
export function canMount(): boolean {
  const probe = mkdtempSync(join(tmpdir(), 'phalanx-mount-'));
  try {
    mount(probe, '64k');
    unmount(probe);
    return true;
  } catch {
    console.log('skipped: full-disk tests need root and the right to mount a tmpfs');
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
}

/** Mounts a disk of that size (`512k`, `8m`) on a folder. */
export function mount(folder: string, size: string): void {
  execFileSync('/usr/bin/mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], { stdio: 'ignore' });
}

/** Gives a mounted disk another size. */
export function resize(folder: string, size: string): void {
  execFileSync('/usr/bin/mount', ['-o', `remount,size=${size}`, folder], { stdio: 'ignore' });
}

export function unmount(folder: string): void {
  execFileSync('/usr/bin/umount', ['-l', folder], { stdio: 'ignore' });
}
