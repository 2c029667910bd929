/** Pairs of letters that most words and paths have some of. */
const COMMON_PAIRS = new Set(
  (
    'th he in er an re on at en nd ti es or te of ed is it al ar st to nt ng se ha as ou io le ve co me de hi ri ro ic ne ea ra ce li ch ' +
    'll be ma si om ur ca el ta la ns di fo ho pe ec pr no ct us ac ot il tr ly nc et ut ss so rs un lo wa ge ie wh ee wi em ad ol rt po ' +
    'we na ul ni ts mo ow pa im mi ai sh ir su id os iv ia am fi ci vi pl ig tu ev ld ry mp fe bl ab gh ty op wo sa ay ex ke fr oo av ag ' +
    'if ap gr od bo sp rd do uc bu ei ov by rm ep tt oc fa ef cu rn sc gi da yo cr cl du ga qu ue ff ba ey ls va um pp ua up lu go ht ru ' +
    'ug ds lt pi rc rr eg au ck ew mu br bi pt ak pu ui rg ib tl ny ki rk ys ob mm fu ph og ms ye ud mb ip ub oi rl gu dr hr cc tw ft wn ' +
    'nu af hu nn eo vo rv nf xp gn sm fl iz ok nl my gl aw ju oa eq sy sl ps jo lf nv je nk kn gs dy hy ze ks xt bs ik dd pt tp tm ml ww'
  ).split(' '),
);

/** How much a stretch of a literal tells, in about bits of information in URLs, headers and prose. Only the choice of what is looked for depends on it. */
export function rarityOf(text: string): number {
  let rarity = 0;
  for (let at = 0; at < text.length; at++) {
    rarity += rarityOfChar(text[at]!);
    if (at > 0 && COMMON_PAIRS.has(text.slice(at - 1, at + 1))) rarity -= 2;
  }
  return rarity;
}

function rarityOfChar(char: string): number {
  if (char >= '\u0100') return 5;
  if ('etaoinsr'.includes(char)) return 3;
  if ('lcdmuphg'.includes(char)) return 4;
  if ('yfbwvk'.includes(char)) return 5;
  if ('qxzj'.includes(char)) return 7;
  if ('0123456789 -./=,:'.includes(char)) return 3.5;
  return '&?_;+%'.includes(char) ? 5 : 8;
}
