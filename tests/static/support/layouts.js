/** What keyboards type: per key its character plain, with Shift, with AltGr (a space where there is none, or a dead key). Taken
 *  from the layouts' charts: US, German (T1), French (AZERTY), Swiss German. */

const CODES = [
  'Backquote Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal',
  'KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Backslash',
  'KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote',
  'IntlBackslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash',
].map((row) => row.split(' '));

/** @type {Record<string, { plain: string[], shift: string[], altgr: string[] }>} */
export const LAYOUTS = {
  US: {
    plain: ['`1234567890-=', 'qwertyuiop[]\\', "asdfghjkl;'", ' zxcvbnm,./'],
    shift: ['~!@#$%^&*()_+', 'QWERTYUIOP{}|', 'ASDFGHJKL:"', ' ZXCVBNM<>?'],
    altgr: [' '.repeat(13), ' '.repeat(13), ' '.repeat(11), ' '.repeat(11)],
  },
  German: {
    plain: [' 1234567890ß ', 'qwertzuiopü+#', 'asdfghjklöä', '<yxcvbnm,.-'],
    shift: ['°!"§$%&/()=? ', "QWERTZUIOPÜ*'", 'ASDFGHJKLÖÄ', '>YXCVBNM;:_'],
    altgr: ['  ²³   {[]}\\ ', '@ €       ~  ', '           ', '|      µ   '],
  },
  French: {
    plain: ['²&é"\'(-è_çà)=', 'azertyuiop $*', 'qsdfghjklmù', '<wxcvbn,;:!'],
    shift: [' 1234567890°+', 'AZERTYUIOP £µ', 'QSDFGHJKLM%', '>WXCVBN?./§'],
    altgr: ['  ~#{[|`\\^@]}', '  €         ¤', '           ', '           '],
  },
  'Swiss German': {
    plain: ["§1234567890' ", 'qwertzuiopü $', 'asdfghjklöä', '<yxcvbnm,.-'],
    shift: ['°+"*ç%&/()=? ', 'QWERTZUIOPè!£', 'ASDFGHJKLéà', '>YXCVBNM;:_'],
    altgr: ['  @#   |¢    ', '  €       [] ', '          {', '\\          '],
  },
};

/** Every press of one key that types something, as a browser tells it.
 *  @param {(typeof LAYOUTS)[string]} layout @returns {{ event: any, char: string, level: 'plain' | 'shift' | 'altgr' }[]} */
export function pressesOf(layout) {
  return /** @type {const} */ (['plain', 'shift', 'altgr']).flatMap((level) =>
    layout[level].flatMap((row, r) =>
      [...row].flatMap((char, i) =>
        char === ' '
          ? []
          : [
              {
                char,
                level,
                event: {
                  key: char,
                  code: CODES[r]?.[i] ?? '',
                  ctrlKey: false,
                  metaKey: false,
                  altKey: false,
                  shiftKey: level === 'shift',
                  getModifierState: (/** @type {string} */ name) => name === 'AltGraph' && level === 'altgr',
                },
              },
            ],
      ),
    ),
  );
}
