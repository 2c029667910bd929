import type { RuleSource } from './rule-source.js';

/**
 * The base configuration that packs such as OWASP CRS leave to the installation: bodies that can't be read are refused, so that
 * nothing passes unread. Ids are those that ModSecurity's recommended configuration gives to the same checks; which processor reads a
 * content type (200000, 200001, 200006 there) is built in. To be put before a pack's own sources.
 */
export const baseRules: RuleSource = {
  name: 'base-rules',
  text: `
SecRule REQBODY_ERROR "!@eq 0" \\
  "id:200002,phase:2,t:none,log,deny,status:400,severity:2,\\
  msg:'The request body can not be read',logdata:'%{REQBODY_ERROR_MSG}'"
SecRule MULTIPART_STRICT_ERROR "!@eq 0" \\
  "id:200003,phase:2,t:none,log,deny,status:400,severity:2,\\
  msg:'The multipart request body is malformed',logdata:'%{REQBODY_ERROR_MSG}'"
SecRule MULTIPART_UNMATCHED_BOUNDARY "@eq 1" \\
  "id:200004,phase:2,t:none,log,deny,status:400,severity:2,msg:'The multipart request body may hide a part'"
SecRule &ARGS "@ge 1000" \\
  "id:200007,phase:2,t:none,log,deny,status:400,severity:4,msg:'The request has more arguments than are looked at'"
`,
};
