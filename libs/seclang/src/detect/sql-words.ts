/**
 * Kind of an SQL token, one letter each as they appear in fingerprints:
 * `1` number or literal word, `s` string, `v` variable, `n` name, `f` call of a known function, `&` logical operator, `=` comparison,
 * `o` arithmetic, `!` prefix operator, `k` keyword, `(` `)` `,` `;` `.` themselves, `c` comment to the end, `?` anything else.
 */
export type SqlKind = '1' | 's' | 'v' | 'n' | 'f' | '&' | '=' | 'o' | '!' | 'k' | '(' | ')' | ',' | ';' | '.' | 'c' | '?';

/** What a word means to the dialects: its kind in an expression, and whether it is also a function when `(` follows. */
export interface SqlWord {
  readonly word: string;
  readonly kind: SqlKind;
  /** Certain: no other reading than a call. Plain: an everyday word (left, user) that needs more evidence. */
  readonly call: 'none' | 'plain' | 'certain';
}

/** Longest word of the table, and longest tag of a dollar quote. */
export const MAX_WORD_LENGTH = 32;

const keywordsByKind: readonly (readonly [SqlKind, string])[] = [
  ['&', 'and or xor'],
  ['=', 'like rlike regexp in is between glob ilike similar sounds overlaps contains'],
  ['o', 'div mod'],
  ['n', 'information_schema sysobjects syscolumns msysaccessobjects'],
  ['!', 'not binary distinct distinctrow prior exists any some interval array row'],
  [
    '1',
    'null true false unknown current_user current_date current_time current_timestamp session_user system_user localtime localtimestamp ' +
      'utc_date utc_time utc_timestamp sysdate current_role current_catalog current_schema',
  ],
  [
    'k',
    'select union intersect except minus all from where group order having limit offset procedure into outfile dumpfile for update set ' +
      'insert delete drop alter create truncate replace exec execute declare shutdown waitfor delay load merge grant revoke begin goto ' +
      'if case when then else end join inner outer natural on using as by collate escape asc desc table database function view index ' +
      'user column trigger schema values immediate data xml infile top only sqlstate call handler rename analyse with recursive against ' +
      'bulk backup restore kill use print return returning while commit rollback shutdown isnull notnull fetch over',
  ],
];

/** Also everyday words: a call only when the parenthesis follows at once. */
const plainFunctions =
  'sleep benchmark stuff uuid checksum polygon left right replace if user count min max now date time year month day hour minute second lower upper floor ceil ' +
  'ceiling round space repeat reverse length insert format password database schema char rank position mid power sign log exp trim ' +
  'first last least greatest row values abs sin tan pi sum avg md5 hex bin version cast convert match session len str sha encode ' +
  'decode compress translate locate field export_set ascii unicode';

/** Words of databases alone. */
const certainFunctions =
  'pg_sleep substr load_file unhex concat_ws group_concat extractvalue updatexml char_length character_length current_database ' +
  'current_user current_schema db_name user_name system_user session_user suser_name suser_sname host_name serverproperty isnull ' +
  'ifnull nullif iif nvl nvl2 to_char to_number to_date utl_inaddr utl_http dbms_pipe dbms_lock xmltype find_in_set make_set ' +
  'name_const row_count last_insert_id connection_id found_rows aes_encrypt aes_decrypt des_encrypt des_decrypt old_password ' +
  'randomblob zeroblob quote_literal quote_ident array_agg array_to_json string_agg generate_series json_extract json_value ' +
  'json_keys soundex sha1 sha2 sqlite_version sqlite_source_id fn_xe_file_target_read_file openrowset opendatasource ' +
  'openquery xp_cmdshell sp_executesql sp_password bit_length octet_length uncompress uncompressed_length rtrim ltrim lpad rpad ' +
  'substring_index date_add date_sub datediff timestampdiff str_to_date date_format from_unixtime unix_timestamp curdate curtime ' +
  'utc_date utc_time utc_timestamp inet_aton inet_ntoa is_free_lock is_used_lock get_lock release_lock master_pos_wait ' +
  'uuid_short bitand bitor ctxsys dbms_xmlgen dbms_utility sys_context sys_eval sys_exec pg_read_file ' +
  'pg_ls_dir lo_import lo_export query_to_xml database_to_xml table_to_xml regexp_replace regexp_substr regexp_like regexp_instr ' +
  'listagg wm_concat patindex charindex quotename newid col_name object_id object_name col_length has_dbaccess ' +
  'is_member is_srvrolemember geometrycollection multipoint multipolygon linestring multilinestring st_latfromgeohash ' +
  'st_longfromgeohash st_pointfromgeohash gtid_subset gtid_subtract cos concat substring coalesce instr crc32 elt rand ord conv ' +
  'chr';

const sqlWords: ReadonlyMap<string, SqlWord> = buildWords();

/** Which words there may be, by their ends and length: most words of prose are told apart here, without making a string. */
const wordSketch = new Uint8Array(8192);
for (const word of sqlWords.keys()) wordSketch[sketchIndex(word, 0, word.length)] = 1;

/** Looks up the word at `start` up to `end`, in any case. */
export function findSqlWord(text: string, start: number, end: number): SqlWord | undefined {
  const length = end - start;
  if (length < 2 || length > MAX_WORD_LENGTH || wordSketch[sketchIndex(text, start, end)] === 0) return undefined;
  return sqlWords.get(text.slice(start, end).toLowerCase());
}

/** What `wordHash` makes of words that alone are a reason to read on: logical operators, keywords, and names of functions. */
const tellingHashes = new Uint8Array(8192);
for (const entry of sqlWords.values())
  if (entry.kind === '&' || entry.kind === 'k' || entry.call !== 'none')
    tellingHashes[hashIndex([...Buffer.from(entry.word)].reduce(wordHash, 0))] = 1;

/** The hash of a word with one more byte; that of the empty word is 0. Cases are one. */
export function wordHash(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + (byte | 0x20)) | 0;
}

/** False when no word of that hash is a reason to read on. */
export function mayTell(hash: number): boolean {
  return tellingHashes[hashIndex(hash)] === 1;
}

function hashIndex(hash: number): number {
  return (hash ^ (hash >>> 13)) & 8191;
}

function sketchIndex(text: string, start: number, end: number): number {
  const ends = (text.charCodeAt(start) & 31) | ((text.charCodeAt(end - 1) & 31) << 5);
  return (ends ^ ((text.charCodeAt(start + 1) & 31) << 8) ^ ((end - start) << 3)) & 8191;
}

function buildWords(): Map<string, SqlWord> {
  const words = new Map<string, SqlWord>();
  for (const [kind, list] of keywordsByKind) {
    for (const word of list.split(' ')) words.set(word, { word, kind, call: 'none' });
  }
  const callable = [['plain', plainFunctions] as const, ['certain', certainFunctions] as const];
  for (const [call, list] of callable) {
    for (const word of list.split(' ')) words.set(word, { word, kind: words.get(word)?.kind ?? 'n', call });
  }
  return words;
}
