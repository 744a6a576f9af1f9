import { byId, el } from './dom.js';

const SHOWN_MS = { good: 3500, bad: 9000 };

/** Tells the person at the page what became of what they did. */
export const toast = (kind, title, detail = '') => {
  const close = el('button', { type: 'button', 'aria-label': 'Dismiss' }, '✕');
  const body = el('div', {}, el('strong', {}, title), ...(detail === '' ? [] : [el('p', {}, detail)]));
  const node = el(
    'div',
    { class: `toast ${kind}` },
    el('i', { 'aria-hidden': 'true' }, kind === 'good' ? '✓' : '!'),
    body,
    close,
  );
  close.addEventListener('click', () => node.remove());
  setTimeout(() => node.remove(), SHOWN_MS[kind]);
  const toasts = byId('toasts');
  toasts.append(node);
  // Brought up again to lie over a modal that was opened since.
  if (toasts.matches(':popover-open')) toasts.hidePopover();
  toasts.showPopover();
};
