import type { DownChannel, EnrolmentIdentity, UpChannel } from '@phalanx/contracts';

/** One message of a box. Tenant and enrolment were looked up from the topic's identity; the payload is still raw. */
export interface UpMessage {
  readonly identity: EnrolmentIdentity;
  readonly tenantId: string;
  readonly enrolmentId: string;
  readonly channel: UpChannel;
  readonly payload: Buffer;
  readonly receivedAt: Date;
  /** True for a retained message, which the broker replays at each subscription. */
  readonly retained: boolean;
}

export type UpHandler = (message: UpMessage) => Promise<void>;

export interface DownOptions {
  readonly retain?: boolean;
  readonly correlationData?: Buffer;
  /** 1 unless said. */
  readonly qos?: 0 | 1;
}

/**
 * The controller's one connection to the broker (role `ingress`; every role may publish). Handlers are registered before the application starts;
 * a handler that rejects is logged and its message is not acknowledged to the broker. Messages of identities that are not enrolled
 * and healthy never reach a handler.
 */
export abstract class MqttLink {
  abstract onUp(channel: UpChannel, handler: UpHandler): void;
  /** Resolves when the broker has taken the message. */
  abstract publish(identity: EnrolmentIdentity, channel: DownChannel, payload: string | Buffer, options?: DownOptions): Promise<void>;
  /** Removes what the broker retains on every down topic of the identity. */
  abstract clearRetained(identity: EnrolmentIdentity): Promise<void>;
  /** Called at each (re)connection to the broker: nothing relies on its memory. */
  abstract onConnected(action: () => Promise<void>): void;
  /** When the ingress last received anything, and since when it has been connected without a break; null while it is not. */
  abstract receiving(): { connectedSince: Date | null; lastMessageAt: Date | null };
}
