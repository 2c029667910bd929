import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { reportedStateSchema } from '@phalanx/contracts';
import { type Logger, messageOf } from '@phalanx/kit';
import { Changes } from '../../platform/changes/changes.js';
import { LOGGER } from '../../platform/log/logger.token.js';
import { MqttLink, type UpMessage } from '../../platform/mqtt/mqtt-link.js';
import { WorkQueue } from '../../platform/queue/work-queue.js';
import { Roles } from '../../platform/roles.js';
import { DesiredStateService } from './desired-state.service.js';

const SWEEP_MS = 5_000;
const RETIRE_MS = 3_600_000;

/** What sets desired state going: changes of intent, new enrolments, messages of boxes, the broker's return, and the sweep. */
@Injectable()
export class DesiredStateTriggers implements OnModuleInit {
  constructor(
    private readonly service: DesiredStateService,
    private readonly changes: Changes,
    private readonly mqtt: MqttLink,
    private readonly work: WorkQueue,
    private readonly roles: Roles,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    this.work.every('desired-state.announce', SWEEP_MS, () => this.service.announceDue());
    this.work.every('desired-state.retire-gone', RETIRE_MS, () => this.service.retireGone());
    if (this.roles.has('worker')) {
      this.changes.consume('appliance.intent', (tenantId, payloads) => this.service.recompute(tenantId, idsOf(payloads)));
      this.changes.consume('appliance.reissued', (tenantId, payloads) => this.service.announce(tenantId, idsOf(payloads)));
      this.changes.consume('enrolment.changed', (tenantId, payloads) => this.service.announce(tenantId, idsOf(payloads)));
    }
    if (this.roles.has('ingress')) {
      this.mqtt.onUp('reported', (message) => this.takeReport(message));
      this.mqtt.onConnected(() => this.service.announceAll());
    }
  }

  private async takeReport(message: UpMessage): Promise<void> {
    const { applianceId } = message.identity;
    const parsed = reportedStateSchema.safeParse(parseJson(message.payload));
    if (!parsed.success) {
      this.logger.warn('a reported state is malformed and ignored', { applianceId, problem: messageOf(parsed.error).slice(0, 500) });
      return;
    }
    const { tenantId, enrolmentId, receivedAt } = message;
    await this.service.acceptReported({ tenantId, applianceId, enrolmentId, receivedAt, reported: parsed.data });
  }
}

const idsOf = (payloads: readonly { applianceId: string }[]) => [...new Set(payloads.map((payload) => payload.applianceId))];

/** The parsed payload, or undefined, which no schema takes. */
function parseJson(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return undefined;
  }
}
