import { Inject, Injectable } from '@nestjs/common';
import { presenceSchema, type RenewAnswer, renewRequestSchema, TAKEN_OVER } from '@phalanx/contracts';
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

/** A box that reconnects takes over from itself at times, but hardly this often. */
const TAKEOVER_LIMIT = 3;
const TAKEOVER_WINDOW_MS = 600_000;

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
    link.onUp('presence', (message) => this.watchTakeovers(message));
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

  /**
   * The broker keeps one connection an identity: with two holders each pushes the other off, and says so when it is back. A box that
   * only lost its connection never hears that it was taken over.
   */
  private async watchTakeovers({ identity, payload, tenantId, enrolmentId, retained }: UpMessage): Promise<void> {
    const presence = presenceSchema.safeParse(parseOrNull(payload));
    if (!presence.success || retained || presence.data.state !== 'online' || presence.data.reason !== TAKEN_OVER) return;
    await this.database.run(scopeOfTenant(tenantId), async () => {
      if ((await this.rows.countTakeover(enrolmentId, TAKEOVER_WINDOW_MS)) < TAKEOVER_LIMIT) return;
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
