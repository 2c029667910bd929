import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { NGINX_MODSECURITY } from './required-packages.js';

/** The account of the workers where nginx is started by root. */
const WORKER_ACCOUNT = 'www-data';

/** What differs between the nginx servers of a comparison. */
export interface NginxRole {
  /** Loads the ModSecurity module. */
  readonly hasModSecurity?: boolean;
  /** Directives of the `server` block. */
  readonly server: readonly string[];
  /** Directives of the `http` block. */
  readonly http?: readonly string[];
}

/** The whole configuration of a one-worker nginx that keeps all its files in `folder`. */
export function nginxConfig(folder: string, port: number, role: NginxRole): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${join(folder, name)};`);
  return [
    ...(role.hasModSecurity ? [`load_module ${NGINX_MODSECURITY.file};`] : []),
    ...(process.getuid?.() === 0 && hasAccount(WORKER_ACCOUNT) ? [`user ${WORKER_ACCOUNT};`] : []),
    'worker_processes 1;',
    'worker_rlimit_nofile 20000;',
    'daemon off;',
    `pid ${join(folder, 'nginx.pid')};`,
    `error_log ${join(folder, 'error.log')} crit;`,
    'events { worker_connections 19000; multi_accept on; }',
    'http {',
    ...temporary,
    '  access_log off;',
    '  default_type text/html;',
    '  keepalive_timeout 300s;',
    '  keepalive_requests 1000000000;',
    '  client_max_body_size 64m;',
    '  client_body_buffer_size 1m;',
    '  large_client_header_buffers 8 128k;',
    '  server_tokens off;',
    ...(role.http ?? []).map((line) => `  ${line}`),
    `  server { listen 127.0.0.1:${port} backlog=4096; ${role.server.join(' ')} }`,
    '}',
    '',
  ].join('\n');
}

/** An origin that answers every request with the same page. */
export function originRole(page: string): NginxRole {
  return { server: [`location / { return 200 '${page}'; }`] };
}

/** A plain proxy that keeps its connections to the origin. */
export function proxyRole(originPort: number): NginxRole {
  return {
    http: [`upstream origin { server 127.0.0.1:${originPort}; keepalive 256; keepalive_requests 1000000000; }`],
    server: [
      'location / { proxy_pass http://origin; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host; }',
    ],
  };
}

/** The same proxy with ModSecurity, which loads `rulesFile`. */
export function modSecurityRole(originPort: number, rulesFile: string): NginxRole {
  const plain = proxyRole(originPort);
  return { ...plain, hasModSecurity: true, server: ['modsecurity on;', `modsecurity_rules_file ${rulesFile};`, ...plain.server] };
}

function hasAccount(name: string): boolean {
  return readFileSync('/etc/passwd', 'latin1')
    .split('\n')
    .some((line) => line.startsWith(`${name}:`));
}
