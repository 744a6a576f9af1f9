import { blockNodes } from './blocks.js';
import { call, whatFailed } from './calls.js';
import { byId, el } from './dom.js';
import { richNodes } from './rich.js';
import { toast } from './toast.js';

// The view on show: it is drawn again only when it is another one, so that nobody's typing is lost.
let shown = '';

/** Opens the newest modal that is open for this person, and closes what is not open any more. */
export const showModal = (views, user) => {
  const dialog = byId('modal');
  const view = views.findLast((candidate) => candidate.user === user.id);
  const identity = view === undefined ? '' : `${view.id} ${view.hash}`;
  if (identity === shown) return;
  shown = identity;
  if (view === undefined) {
    dialog.close();
    return;
  }
  dialog.replaceChildren(formOf(view, user));
  dialog.oncancel = (event) => {
    event.preventDefault();
    void cancel(view, user);
  };
  if (!dialog.open) dialog.showModal();
  dialog.querySelector('input, textarea, select')?.focus();
};

const cancel = (view, user) => call(`/api/views/${encodeURIComponent(view.id)}/close`, { user: user.id });

const formOf = (view, user) => {
  const inputs = view.blocks.filter(({ kind }) => kind === 'input').map(inputOf);
  const nodes = view.blocks.map((block) =>
    block.kind === 'input'
      ? inputs.find(({ blockId }) => blockId === block.blockId).node
      : blockNodes([block], null)[0],
  );
  const onCancel = () => cancel(view, user);
  const submitButton =
    view.submit === null
      ? null
      : el('button', { class: 'button primary' }, el('span', {}, ...richNodes(view.submit)));
  const close = view.close === null ? ['Cancel'] : richNodes(view.close);
  const form = el(
    'form',
    { novalidate: true },
    el(
      'header',
      {},
      el('span', { class: 'avatar small', 'aria-hidden': 'true' }, 'T'),
      el('h2', {}, ...richNodes(view.title)),
      el('button', { type: 'button', class: 'close', 'aria-label': 'Close', onclick: onCancel }, '✕'),
    ),
    el('div', { class: 'body' }, ...nodes),
    el(
      'footer',
      {},
      el('button', { type: 'button', class: 'button plain', onclick: onCancel }, ...close),
      ...(submitButton === null ? [] : [submitButton]),
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit(view, user, inputs, submitButton);
  });
  return form;
};

const submit = async (view, user, inputs, button) => {
  const values = Object.fromEntries(
    inputs.map(({ blockId, actionId, field }) => [blockId, { [actionId]: field.value }]),
  );
  button.classList.add('busy');
  button.disabled = true;
  const result = await call(`/api/views/${encodeURIComponent(view.id)}/submit`, { user: user.id, values });
  button.classList.remove('busy');
  button.disabled = false;
  for (const { blockId, complain } of inputs) complain(result.errors?.[blockId] ?? '');
  if (result.ok)
    toast('good', `Submitted as ${user.name}`, `Answered ${result.status} in ${result.elapsedMs} ms`);
  else if (result.errors === undefined) toast('bad', 'The submission did not go through', whatFailed(result));
  else inputs.find(({ blockId }) => result.errors[blockId] !== undefined)?.field.focus();
};

let fieldCount = 0;

const inputOf = ({ blockId, actionId, label, hint, placeholder, initial, multiline, optional, options }) => {
  fieldCount += 1;
  const id = `field-${fieldCount}`;
  const shared = { id, placeholder, 'aria-describedby': `${id}-error` };
  const field = options
    ? el(
        'select',
        { id, 'aria-describedby': `${id}-error` },
        el('option', { value: '' }, placeholder || 'Choose'),
        ...options.map(({ value, label: text }) => el('option', { value }, text)),
      )
    : multiline
      ? el('textarea', { ...shared, rows: 4 })
      : el('input', { ...shared, type: 'text', autocomplete: 'off' });
  field.value = initial;
  const error = el('p', { class: 'error', id: `${id}-error`, role: 'alert' });
  const node = el(
    'div',
    { class: 'input' },
    el('label', { for: id }, ...richNodes(label), ...(optional ? [el('small', {}, ' (optional)')] : [])),
    field,
    error,
    ...(hint.length === 0 ? [] : [el('p', { class: 'hint' }, ...richNodes(hint))]),
  );
  const complain = (text) => {
    error.textContent = text;
    node.classList.toggle('wrong', text !== '');
  };
  field.addEventListener('input', () => complain(''));
  return { blockId, actionId, field, node, complain };
};
