import { type Names, type Rich, unescapeText, webAddress } from './rich';

/** What stands between angle brackets: a link, a mention, a date. Null for what is none of these. */
export const readAngle = (inside: string, names: Names): Rich | null => {
  const bar = inside.indexOf('|');
  const target = bar === -1 ? inside : inside.slice(0, bar);
  const label = bar === -1 ? '' : unescapeText(inside.slice(bar + 1));
  const id = target.slice(1);
  switch (target[0]) {
    case '@':
      return { kind: 'mention', text: `@${names.user(id) ?? (label || id)}` };
    case '#':
      return { kind: 'channel', id, text: `#${names.channel(id) ?? (label || id)}` };
    case '!':
      return readSpecial(id, label);
    default:
      return readLink(target, label);
  }
};

const readSpecial = (special: string, label: string): Rich | null => {
  if (['here', 'channel', 'everyone'].includes(special)) return { kind: 'broadcast', text: `@${special}` };
  if (special.startsWith('subteam^')) return { kind: 'mention', text: label || '@group' };
  const [name, seconds = '', format = ''] = special.split('^');
  if (name !== 'date' || !/^\d{1,11}$/.test(seconds))
    return label === '' ? null : { kind: 'text', text: label };
  return { kind: 'date', seconds: Number(seconds), format: unescapeText(format), fallback: label };
};

const readLink = (target: string, label: string): Rich | null => {
  const address = unescapeText(target);
  const href = webAddress(address);
  return href === null ? null : { kind: 'link', href, text: label || address };
};
