import { call, whatFailed } from './calls.js';
import { byId, el } from './dom.js';
import { plainOf, richNodes } from './rich.js';
import { toast } from './toast.js';

/** A button of a message, pressed as whoever the person at the page is. */
export const buttonNode = (button, ts, you) => {
  const node = el(
    'button',
    { type: 'button', class: `button ${button.style}` },
    el('span', {}, ...richNodes(button.label)),
  );
  node.addEventListener('click', async () => {
    if (button.href !== null) window.open(button.href, '_blank', 'noopener,noreferrer');
    if (button.confirm !== null && !(await confirmed(button.confirm))) return;
    await press(node, button, ts, you());
  });
  return node;
};

const press = async (node, { actionId, blockId, value, label }, ts, user) => {
  node.classList.add('busy');
  node.disabled = true;
  const path = `/api/messages/${encodeURIComponent(ts)}/actions/${encodeURIComponent(actionId)}`;
  const result = await call(path, { user: user.id, block_id: blockId, ...(value === null ? {} : { value }) });
  node.classList.remove('busy');
  node.disabled = false;
  const name = plainOf(label);
  if (result.ok)
    toast('good', `“${name}” pressed as ${user.name}`, `Answered ${result.status} in ${result.elapsedMs} ms`);
  else toast('bad', `“${name}” did not go through`, whatFailed(result));
};

/** Slack's own question before a button that has one. */
const confirmed = ({ title, text, yes, no, danger }) =>
  new Promise((resolve) => {
    const dialog = byId('confirm');
    const answer = (value) => () => {
      dialog.close();
      resolve(value);
    };
    dialog.replaceChildren(
      el('h2', {}, ...richNodes(title)),
      el('div', { class: 'body' }, ...richNodes(text)),
      el(
        'footer',
        {},
        el('button', { type: 'button', class: 'button plain', onclick: answer(false) }, ...richNodes(no)),
        el(
          'button',
          { type: 'button', class: `button ${danger ? 'danger' : 'primary'}`, onclick: answer(true) },
          ...richNodes(yes),
        ),
      ),
    );
    // The key Escape closes the dialog by itself.
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
