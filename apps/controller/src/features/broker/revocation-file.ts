import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { AppError, nodeDisk } from '@phalanx/kit';
import { checkRevocationList } from '@phalanx/trust';
import { BrokerFolder } from './broker-folder.js';

/**
 * Puts a revocation list where the broker reads it: written beside, read back and checked, then renamed over the old one. Throws
 * `invalid` for a list that is broken, foreign, out of date or incomplete, and the one in place stays: Mosquitto admits revoked
 * certificates when it can't read its list.
 */
export async function installRevocationFile(
  folder: BrokerFolder,
  pem: string,
  issuerPem: string,
  mustHold: readonly string[],
): Promise<void> {
  const candidate = `${folder.revocationList}.new`;
  nodeDisk.replace(candidate, pem, 0o644);
  try {
    const written = nodeDisk.read(candidate);
    if (!written) throw new AppError('unavailable', 'broker.file-lost', 'the revocation list that was just written is gone');
    await checkRevocationList(written.toString('utf8'), issuerPem, mustHold, new Date());
  } catch (error) {
    nodeDisk.remove(candidate);
    throw error;
  }
  renameSync(candidate, folder.revocationList);
  const fd = openSync(folder.root, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
