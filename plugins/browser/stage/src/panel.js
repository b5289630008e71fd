// The words at the edge of the picture. An overlay shows none.

const REFRESH = 500; // ms

export class Panel {
  /** `page` is the document; `onFile` is called with a File that the person chose or dropped. */
  constructor(page, { overlay, ws }, onFile) {
    const at = (id) => page.getElementById(id);
    [this.element, this.connection, this.model, this.problem] = ['panel', 'connection', 'model', 'problem'].map(at);
    this.element.hidden = overlay;
    this.address = ws.replace(/\?.*/, ''); // a token is nobody's business
    at('file').addEventListener('change', (event) => [...event.target.files].slice(0, 1).forEach(onFile));
    listenForDrops(page, onFile);
  }

  /** Keeps telling how the connection is. */
  watch(connection) {
    connection.onState(() => this.#tell(connection));
    setInterval(() => this.#tell(connection), REFRESH);
  }

  #tell({ state, statistics, frame }) {
    this.connection.classList.toggle('lost', state === 'lost');
    this.connection.textContent = {
      connecting: `connecting to ${this.address}`,
      open: openSentence(statistics, frame),
      lost: `connection lost; trying ${this.address} again. Is avatar-driver running?`,
      closed: 'connection closed',
    }[state];
  }

  showModel(name, avatar) {
    this.model.textContent = `${name}: ${avatar.kind}, ${avatar.names.size} shapes`;
    this.problem.textContent = '';
  }

  showProblem(sentence) {
    this.problem.textContent = sentence;
    console.warn(sentence);
  }
}

function openSentence({ rate, received }, frame) {
  if (received === 0) {
    return 'connected; waiting for a face';
  }
  const seen = frame.tracked ? '' : '; no face is seen';
  const altered = frame.altered.length > 0 ? `; altered by ${frame.altered.join(', ')}` : '';
  return `connected, ${rate} frames a second${seen}${altered}`;
}

function listenForDrops(page, onFile) {
  const mark = (on) => page.body.classList.toggle('dropping', on);
  page.addEventListener('dragover', (event) => {
    event.preventDefault();
    mark(true);
  });
  page.addEventListener('dragleave', () => mark(false));
  page.addEventListener('drop', (event) => {
    event.preventDefault();
    mark(false);
    [...event.dataTransfer.files].slice(0, 1).forEach(onFile);
  });
}
