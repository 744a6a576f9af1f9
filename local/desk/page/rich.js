import { el } from './dom.js';
import { formatDate, wholeOf } from './time.js';

/** DOM nodes of the desk's rich text. */
export const richNodes = (nodes) => nodes.map((node) => MAKE[node.kind](node));

/** Its text alone, for names and labels. */
export const plainOf = (nodes) =>
  nodes.map((node) => node.text ?? node.glyph ?? (node.children ? plainOf(node.children) : ' ')).join('');

const MAKE = {
  text: ({ text }) => document.createTextNode(text),
  break: () => el('br'),
  bold: ({ children }) => el('strong', {}, ...richNodes(children)),
  italic: ({ children }) => el('em', {}, ...richNodes(children)),
  strike: ({ children }) => el('s', {}, ...richNodes(children)),
  quote: ({ children }) => el('blockquote', {}, ...richNodes(children)),
  code: ({ text }) => el('code', {}, text),
  pre: ({ text }) => el('pre', {}, text),
  // The title shows where a link leads, whatever its label says.
  link: ({ href, text }) =>
    el('a', { href, title: href, target: '_blank', rel: 'noopener noreferrer nofollow' }, text),
  mention: ({ text }) => el('span', { class: 'mention' }, text),
  broadcast: ({ text }) => el('span', { class: 'mention broadcast' }, text),
  channel: ({ id, text }) => el('a', { class: 'mention', href: `#${encodeURIComponent(id)}` }, text),
  date: (node) => el('time', { title: wholeOf(new Date(node.seconds * 1000)) }, formatDate(node)),
  emoji: ({ name, glyph }) =>
    el('span', { class: 'emoji', role: 'img', title: `:${name}:`, 'aria-label': name }, glyph),
};
