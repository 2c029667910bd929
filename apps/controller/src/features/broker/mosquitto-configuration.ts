import { existsSync } from 'node:fs';
import { AppError } from '@phalanx/kit';
import type { BrokerFolder } from './broker-folder.js';

/** Where distributions put Mosquitto's own plugin. */
const PLUGIN_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/usr/local/lib'] as const;
/** The largest message is a batch of events. */
const MAX_PACKET_BYTES = 2 * 1024 * 1024;

export interface ListenerAddress {
  readonly host: string;
  readonly port: number;
}

export interface MosquittoOptions {
  readonly folder: BrokerFolder;
  /** System user that the broker keeps when it is started as root: the one who owns the folder. */
  readonly user: string;
  readonly boxes: ListenerAddress;
  readonly controllers: ListenerAddress;
}

/**
 * `mosquitto.conf`, tried with Mosquitto 2.0.11.
 *
 * - A box's client id is its certificate's name, whatever it asks for: no box can push another one off by taking its id.
 * - Controllers come in by a listener of their own, whose authority signs nobody else.
 * - Boxes are refused by the revocation list; the dynamic-security plugin only cuts live connections. `set_tcp_nodelay` keeps that fast.
 */
export function mosquittoConfiguration({ folder, user, boxes, controllers }: MosquittoOptions): string {
  return `# Written by the controller at every start: changes here are lost.
per_listener_settings false
user ${user}
pid_file ${folder.processId}
set_tcp_nodelay true
persistence true
persistence_location ${folder.store}/
autosave_interval 60
sys_interval 0
max_packet_size ${MAX_PACKET_BYTES}
max_inflight_messages 500
max_queued_messages 10000
max_keepalive 300
persistent_client_expiration 1d
log_dest stderr
log_type error
log_type warning
log_type information
connection_messages false

acl_file ${folder.accessList}
plugin ${pluginPath()}
plugin_opt_config_file ${folder.dynamicSecurity}

listener ${boxes.port} ${boxes.host}
cafile ${folder.authorities}
certfile ${folder.certificate}
keyfile ${folder.key}
crlfile ${folder.revocationList}
require_certificate true
use_identity_as_username true
use_username_as_clientid true

listener ${controllers.port} ${controllers.host}
cafile ${folder.controlAuthority}
certfile ${folder.certificate}
keyfile ${folder.key}
require_certificate true
use_identity_as_username true
`;
}

function pluginPath(): string {
  const paths = PLUGIN_FOLDERS.map((folder) => `${folder}/mosquitto_dynamic_security.so`);
  const found = paths.find((path) => existsSync(path));
  if (!found)
    throw new AppError(
      'unavailable',
      'broker.no-plugin',
      `Mosquitto’s dynamic-security plugin is not installed; looked for ${paths.join(', ')}`,
    );
  return found;
}

/** The first `dynsec.json`: nobody but the controller gets anything from it. */
export function dynamicSecurityConfiguration(controllerName: string): string {
  const topics = { publishClientSend: ['$CONTROL/dynamic-security/#'], publishClientReceive: ['#'], subscribePattern: ['#', '$share/+/#'] };
  const acls = Object.entries(topics).flatMap(([acltype, names]) => names.map((topic) => ({ acltype, topic, priority: 0, allow: true })));
  return JSON.stringify({
    defaultACLAccess: { publishClientSend: false, publishClientReceive: false, subscribe: false, unsubscribe: true },
    clients: [{ username: controllerName, roles: [{ rolename: controllerName }] }],
    groups: [],
    roles: [{ rolename: controllerName, acls }],
  });
}
