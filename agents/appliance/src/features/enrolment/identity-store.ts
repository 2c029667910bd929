import { join } from 'node:path';
import { type DesiredState, desiredStateSchema, type EnrolmentGrant, enrolmentGrantSchema } from '@phalanx/contracts';
import { AppError, type Disk } from '@phalanx/kit';
import { generateCertificateKey } from '@phalanx/trust';

/**
 * The box's identity on disk, folder `identity/`: `key.pem`, made here and never leaving the box, `grant.json`, replaced whole at each
 * renewal, and `addresses.json`. Every step survives a power cut: the key stands before the first request, and a grant before it is used.
 */
export class IdentityStore {
  private readonly keyPath: string;
  private readonly grantPath: string;
  private readonly addressesPath: string;

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
  ) {
    this.keyPath = join(folder, 'key.pem');
    this.grantPath = join(folder, 'grant.json');
    this.addressesPath = join(folder, 'addresses.json');
  }

  /** The private key (PKCS #8 PEM), made at the first call. */
  privateKey(): string {
    const stored = this.disk.read(this.keyPath);
    if (stored) return stored.toString('ascii');
    const { privateKeyPem } = generateCertificateKey();
    this.disk.makeFolder(this.folder);
    this.disk.replace(this.keyPath, privateKeyPem, 0o600);
    return privateKeyPem;
  }

  /** Null before the first enrolment. Throws `bug` for a file that is damaged. */
  grant(): EnrolmentGrant | null {
    const stored = this.disk.read(this.grantPath);
    if (!stored) return null;
    try {
      return enrolmentGrantSchema.parse(JSON.parse(stored.toString('utf8')));
    } catch (cause) {
      throw new AppError('bug', 'enrolment.damaged-grant', `${this.grantPath} is damaged: remove it and enrol with a new claim`, { cause });
    }
  }

  /** Where a signed desired state last said the controller is; null when none has. */
  addresses(): DesiredState['controller'] | null {
    const stored = this.disk.read(this.addressesPath);
    const parsed = stored && desiredStateSchema.shape.controller.safeParse(JSON.parse(stored.toString('utf8')));
    return parsed?.success ? parsed.data : null;
  }

  saveAddresses(addresses: DesiredState['controller']): void {
    this.disk.replace(this.addressesPath, JSON.stringify(addresses), 0o600);
  }

  saveGrant(grant: EnrolmentGrant): void {
    this.disk.replace(this.grantPath, JSON.stringify(grant), 0o600);
  }
}
