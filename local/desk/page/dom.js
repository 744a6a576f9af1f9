/** Makes an element. Children that are strings become text, so nothing in a message is ever read as markup. */
export const el = (tag, properties = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
};

export const byId = (id) => document.getElementById(id);

/**
 * Makes a list show these items ({key, signature, make}). What did not change is left where it is, so that focus,
 * an opened thread and a running spinner survive.
 */
export const showItems = (list, items) => {
  const wanted = new Map(items.map((item) => [item.key, item]));
  const kept = new Map();
  for (const node of [...list.children]) {
    const item = wanted.get(node.dataset.key);
    if (item?.signature === node.signature) kept.set(item.key, node);
    else node.remove();
  }
  let cursor = list.firstElementChild;
  for (const item of items) {
    const node = kept.get(item.key) ?? fresh(item);
    if (node === cursor) cursor = cursor.nextElementSibling;
    else list.insertBefore(node, cursor);
  }
};

const fresh = ({ key, signature, make }) => {
  const node = make();
  node.dataset.key = key;
  node.signature = signature;
  return node;
};
