import { join } from 'node:path';
import type { SignaturePack } from '@phalanx/contracts';
import { crsPack, sharedData } from '@phalanx/testing';

/** The OWASP Core Rule Set 4 as a signature pack, or null (with a printed reason) where it isn't there. */
export function crs4Pack(): SignaturePack | null {
  const folder = sharedData('crs-4.25.1');
  return folder === null
    ? null
    : crsPack({ rules: join(folder, 'rules'), setup: join(folder, 'crs-setup.conf.example'), packVersion: '4.25.1' });
}
