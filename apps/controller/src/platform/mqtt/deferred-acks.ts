import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';

/** MQTT 5: the receiver took the message but does not accept it. It is not sent again. @see MQTT 5.0 3.4.2.1 */
const IMPLEMENTATION_SPECIFIC_ERROR = 131;

export type Acknowledge = (accepted: boolean) => void;
export type Receive = (topic: string, payload: Buffer, packet: IPublishPacket, acknowledge: Acknowledge) => void;

/** What we hand to mqtt.js in place of an error, to say: go on reading, the acknowledgement follows. */
class Deferred extends Error {}
const DEFERRED = new Deferred('acknowledged later');

export function isDeferral(error: unknown): boolean {
  return error === DEFERRED;
}

/**
 * Acknowledges QoS 1 messages when their work is done. mqtt.js itself reads no further packet until a message is acknowledged, so a
 * handler that publishes would wait for an acknowledgement behind itself; here reading goes on, and the broker's receive maximum bounds what is open.
 */
export function deferredAcks(client: () => MqttClient, receive: Receive): Pick<IClientOptions, 'customHandleAcks'> {
  return {
    customHandleAcks: (topic, payload, packet: IPublishPacket, goOn) => {
      const source = client();
      receive(topic, payload, packet, (accepted) => {
        if (!source.connected || packet.messageId === undefined) return;
        source['_sendPacket']({ cmd: 'puback', messageId: packet.messageId, reasonCode: accepted ? 0 : IMPLEMENTATION_SPECIFIC_ERROR });
      });
      goOn(DEFERRED);
    },
  };
}
