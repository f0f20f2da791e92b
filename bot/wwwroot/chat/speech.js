// 朗读: the browser's own voice.
import { button, element, icon } from './page.js';

const voice = 'speechSynthesis' in window && 'SpeechSynthesisUtterance' in window ? window.speechSynthesis : null;
let reading = null;

/** A button that reads these words and turns to 停止 meanwhile; null where the browser has no voice. */
export function readAloud(text) {
  if (!voice) return null;
  const label = element('span', '', '朗读');
  const made = button('btn quiet', icon('sound'), () => {
    const wasReading = reading === made;
    voice.cancel();
    if (reading) reading.lastChild.textContent = '朗读';
    reading = null;
    if (wasReading) return;
    const spoken = new SpeechSynthesisUtterance(text);
    spoken.lang = 'zh-CN';
    spoken.rate = 0.9;
    spoken.onend = spoken.onerror = () => {
      label.textContent = '朗读';
      if (reading === made) reading = null;
    };
    reading = made;
    label.textContent = '停止';
    voice.speak(spoken);
  });
  made.append(label);
  return made;
}
