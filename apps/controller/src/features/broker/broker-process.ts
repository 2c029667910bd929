import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { AppError, nodeDisk, sleep } from '@phalanx/kit';
import { BrokerFolder } from './broker-folder.js';

const START_DEADLINE_MS = 5_000;
const PAUSE_MS = 10;
/** SIGHUP is signal 1: the lowest bit of the masks in /proc. */
const SIGHUP_BIT = 1n;

/** The broker's process, as its pid file names it. */
@Injectable()
export class BrokerProcess {
  constructor(private readonly folder: BrokerFolder) {}

  /** Id of the running broker; null when there is none. A pid file that outlived its process may name a stranger, who is left alone. */
  pid(): number | null {
    const pid = Number(nodeDisk.read(this.folder.processId)?.toString('ascii').trim() ?? '');
    if (!Number.isInteger(pid) || pid <= 1) return null;
    return readProc(pid, 'comm')?.startsWith('mosquitto') ? pid : null;
  }

  /** Makes the broker read its files again. False when it does not run: it reads them when it starts. */
  async reload(): Promise<boolean> {
    const deadline = Date.now() + START_DEADLINE_MS;
    for (;;) {
      const pid = this.pid();
      if (pid === null) return false;
      // One that is just starting would be killed by the signal.
      if (catchesReload(pid)) return signalReload(pid);
      if (Date.now() > deadline) throw new AppError('unavailable', 'broker.not-ready', 'the broker does not take signals');
      await sleep(PAUSE_MS);
    }
  }
}

function catchesReload(pid: number): boolean {
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readProc(pid, 'status') ?? '')?.[1];
  return mask !== undefined && (BigInt(`0x${mask}`) & SIGHUP_BIT) !== 0n;
}

function signalReload(pid: number): boolean {
  try {
    process.kill(pid, 'SIGHUP');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Null for a process that is not there. */
function readProc(pid: number, file: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'ascii');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}
