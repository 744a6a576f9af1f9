import { el } from './dom.js';
import { buttonNode } from './press.js';
import { richNodes } from './rich.js';

/** DOM nodes of drawn blocks. `press` is {ts, you}, or null in a modal, where there are no buttons to press. */
export const blockNodes = (blocks, press) => blocks.map((block) => MAKE[block.kind](block, press));

const elementNode = (element, press) =>
  element.kind === 'button' && press !== null
    ? buttonNode(element, press.ts, press.you)
    : el('span', { class: 'note' }, ...richNodes(element.text ?? element.label));

const MAKE = {
  divider: () => el('hr'),
  header: ({ text }) => el('h3', { class: 'header' }, ...richNodes(text)),
  note: ({ text }) => el('p', { class: 'note' }, ...richNodes(text)),
  section: ({ text, fields, accessory }, press) =>
    el(
      'div',
      { class: 'section' },
      el(
        'div',
        {},
        ...(text.length === 0 ? [] : [el('div', { class: 'text' }, ...richNodes(text))]),
        ...(fields.length === 0
          ? []
          : [el('div', { class: 'fields' }, ...fields.map((field) => el('div', {}, ...richNodes(field))))]),
      ),
      ...(accessory === null ? [] : [elementNode(accessory, press)]),
    ),
  context: ({ texts }) =>
    el('div', { class: 'context' }, ...texts.map((text) => el('span', {}, ...richNodes(text)))),
  actions: ({ elements }, press) =>
    el('div', { class: 'actions' }, ...elements.map((element) => elementNode(element, press))),
};
