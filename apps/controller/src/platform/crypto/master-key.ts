import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { type Disk, nodeDisk } from '@phalanx/kit';

/** The master key: from the environment's value, else the file `master.key` in the home, which is made at the first start. */
export function loadMasterKey(home: string, fromEnvironment: string | undefined, disk: Disk = nodeDisk): Buffer {
  if (fromEnvironment !== undefined) return Buffer.from(fromEnvironment, 'base64');
  const path = join(home, 'master.key');
  const stored = disk.read(path);
  if (stored) return Buffer.from(stored.toString('ascii').trim(), 'base64');
  const key = randomBytes(32);
  disk.makeFolder(home);
  disk.replace(path, `${key.toString('base64')}\n`, 0o600);
  return key;
}
