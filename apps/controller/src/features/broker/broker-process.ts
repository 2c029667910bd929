import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { nodeDisk } from '@phalanx/kit';
import { BrokerFolder } from './broker-folder.js';

/** The broker's process, as its pid file names it. */
@Injectable()
export class BrokerProcess {
  constructor(private readonly folder: BrokerFolder) {}

  /** Id of the running broker; null when there is none. A pid file that outlived its process may name a stranger, who is left alone. */
  pid(): number | null {
    const pid = Number(nodeDisk.read(this.folder.processId)?.toString('ascii').trim() ?? '');
    if (!Number.isInteger(pid) || pid <= 1) return null;
    try {
      return readFileSync(`/proc/${pid}/comm`, 'ascii').startsWith('mosquitto') ? pid : null;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** Makes the broker read its files again. False when it does not run: it reads them when it starts. */
  reload(): boolean {
    const pid = this.pid();
    if (pid === null) return false;
    try {
      process.kill(pid, 'SIGHUP');
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
      throw error;
    }
  }
}
