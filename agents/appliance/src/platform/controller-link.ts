import type { DownChannel, EnrolmentIdentity, UpChannel } from '@phalanx/contracts';

export type DownHandler = (payload: Buffer) => void | Promise<void>;

/**
 * The box's one connection to its controller (MQTT 5 over mutual TLS). It reconnects for ever with jittered back-off; nothing that a
 * caller publishes is kept across a break: each feature sends again what was not acknowledged.
 */
export abstract class ControllerLink {
  abstract readonly identity: EnrolmentIdentity;
  /** Id of the present connection; changes at each reconnect. Null while there is none. */
  abstract connectionId(): string | null;
  /** Resolves when the broker has taken the message (QoS 1); rejects with `unavailable` when there is no connection or it breaks first. */
  abstract publish(channel: UpChannel, payload: string | Buffer): Promise<void>;
  /** One handler a channel. It is called in order of arrival. */
  abstract onDown(channel: DownChannel, handler: DownHandler): void;
  /** Called after each (re)connection, once subscriptions stand. */
  abstract onConnected(action: () => void): void;
  /** Gives up the present connection, if there is one, for a new one: after a change of the network the old one may hang. */
  abstract renew(): void;
  abstract onDisconnected(action: (reason: string) => void): void;
}
