import { Inject, Injectable } from '@nestjs/common';
import { instanceOf, presenceSchema, type RenewAnswer, renewRequestSchema } from '@phalanx/contracts';
import { AppError, type Logger } from '@phalanx/kit';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Database } from '../../platform/db/database.js';
import { scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { parseJsonBody } from '../../platform/http/parse-input.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { EnrolmentRows } from './enrolments.repository.js';
import { EnrolmentsService } from './enrolments.service.js';
import { RenewalsService } from './renewals.service.js';

/** Replicas may see two connections in the wrong order once; two live holders come back again and again. */
const RETURN_LIMIT = 2;
const RETURN_WINDOW_MS = 600_000;

/** Renewals over MQTT, and certificates that two boxes hold at once. */
@Injectable()
export class EnrolmentMqtt {
  constructor(
    private readonly link: MqttLink,
    private readonly renewals: RenewalsService,
    private readonly enrolments: EnrolmentsService,
    private readonly rows: EnrolmentRows,
    private readonly database: Database,
    private readonly audit: AuditTrail,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    link.onUp('renew', (message) => this.renew(message));
    link.onUp('presence', (message) => this.watchClones(message));
  }

  private async renew(message: UpMessage): Promise<void> {
    const answer = await this.answer(message);
    await this.link.publish(message.identity, 'renew', JSON.stringify(answer));
  }

  private async answer({ identity, payload }: UpMessage): Promise<RenewAnswer> {
    const parsed = renewRequestSchema.safeParse(parseOrNull(payload));
    if (!parsed.success) return { status: 'refused', code: 'enrolment.malformed', message: 'the renewal is not valid' };
    if (parsed.data.applianceId !== identity.applianceId || parsed.data.serial !== identity.serial)
      return { status: 'refused', code: 'enrolment.unknown', message: 'a box renews for itself only' };
    try {
      return { status: 'ok', grant: await this.renewals.renew(parsed.data, 'mqtt') };
    } catch (error) {
      if (!(error instanceof AppError) || (error.kind !== 'forbidden' && error.kind !== 'invalid')) throw error;
      return { status: 'refused', code: error.code, message: error.message };
    }
  }

  /** The broker keeps one connection an identity: two holders push each other off, again and again. */
  private async watchClones({ identity, payload, tenantId, enrolmentId, retained }: UpMessage): Promise<void> {
    const presence = presenceSchema.safeParse(parseOrNull(payload));
    const instance = presence.success && presence.data.state === 'online' && !retained ? instanceOf(presence.data.connectionId) : null;
    if (instance === null) return;
    await this.database.run(scopeOfTenant(tenantId), async () => {
      if ((await this.rows.noteInstance(enrolmentId, instance, RETURN_WINDOW_MS)) < RETURN_LIMIT) return;
      const row = await this.enrolments.quarantineByAlarm(enrolmentId, 'more than one box holds this certificate');
      if (!row) return;
      this.logger.error('a cloned certificate was put into quarantine', { ...identity });
      await this.audit.record({
        tenantId,
        actor: 'system',
        action: 'enrolment.clone-detected',
        subject: `appliance:${identity.applianceId}`,
        outcome: 'refused',
        details: { enrolmentId, serial: identity.serial, alarm: true },
      });
    });
  }
}

/** Boxes may send anything: what is no JSON is as invalid as JSON of another shape. */
function parseOrNull(payload: Buffer): unknown {
  try {
    return parseJsonBody(payload);
  } catch (error) {
    if (error instanceof AppError && error.kind === 'invalid') return null;
    throw error;
  }
}
