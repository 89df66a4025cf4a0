/** Every command once: for rail, palette, shortcuts, help, and the help page (annotator/web/keys.py). What a command does
 *  stands under the same id in ui/actions/ or ui/review/.
 *  A line: id | keys, the first is shown | icon | notes | name. Notes: rail1 … rail4 (its group on the rail), repeat (while
 *  pressed), viewer (a tool for all), held (no command: with the mouse). `label.digit`: the first nine labels. */

/** @typedef {{ id: string, group: string, keys: string[], icon: string, notes: string[], name: string }} CommandRow */

const TABLE = String.raw`
Tools
tool.smart | S | wand-sparkles | rail1 | Smart tool: click or drag a box
tool.box | R | square | rail1 | Rectangle
tool.polygon | P | pentagon | rail1 | Polygon
tool.brush | B | brush | rail1 | Brush
tool.eraser | E | eraser | rail1 | Eraser
tool.wand | T | paint-bucket | rail1 | Fill and magic wand
tool.suggest | Y | bot | viewer | Judge suggestions
tool.select | V | mouse-pointer-2 | rail2 viewer | Select
tool.pan | G | hand | rail2 viewer | Move the photo
tool.smaller | [ | minus | repeat | Smaller brush or tolerance
tool.larger | ] | plus | repeat | Larger brush or tolerance
Edit
edit.finish | Enter N | check | | Finish object
edit.cancel | Escape | x | | Cancel, or clear the selection
edit.undo | Ctrl+Z | undo-2 | rail3 repeat | Undo
edit.redo | Ctrl+Shift+Z Ctrl+Y | redo-2 | rail3 repeat | Redo
edit.next | Tab | arrow-down | repeat | Next candidate or object
edit.previous | Shift+Tab | arrow-up | repeat | Previous candidate or object
Labels
label.find | / | search | | Find a label by its name
label.digit | 1…9 Ctrl+1…9 | tag | | Label by its number, which also finishes the object
Objects
object.delete | Delete Backspace | trash-2 | | Delete
object.refine | Q | wand-sparkles | | Refine the mask with clicks
object.duplicate | Ctrl+D | copy | | Duplicate
object.copy | Ctrl+C | copy | | Copy
object.paste | Ctrl+V | copy | | Paste
object.propagate | Ctrl+B | arrow-right | | Carry over to the next image
object.carry | Shift+B | images | | Carry over along the next images…
object.acceptCarried | Shift+G | check-check | | Accept all that was carried here, with its labels
object.merge | Shift+M | layers | | Merge selected
object.split | Shift+S | shapes | | Split into connected parts
object.subtract | Shift+X | minus | | Subtract from the objects below
object.cleanup | Shift+C | sparkles | | Clean up: holes, islands, smooth
object.polygon | Shift+P | pentagon | | Convert mask to polygon
object.mask | | shapes | | Convert polygon to mask
object.back | - | arrow-down | | To back
object.front | + = | arrow-up | | To front
object.hide | H | eye-off | | Hide or show
object.lock | L | lock | | Lock or unlock
object.hideAll | Shift+H | eye-off | | Hide or show all
object.lockAll | Shift+L | lock | | Lock or unlock all
object.menu | ContextMenu Shift+F10 | menu | | Menu of the object
object.selectAll | Ctrl+A | check-check | | Select all
Suggestions
suggest.accept | A | check | | Accept suggestion
suggest.reject | X | ban | | Reject suggestion
suggest.acceptAll | Shift+A | check-check | | Accept all confident suggestions
suggest.proposed | . | tag | | Accept with the proposed label
suggest.edit | Shift+Q | wand-sparkles | | Accept and edit with clicks
suggest.whole | ArrowUp | arrow-up | | From a part to its whole
suggest.part | ArrowDown | arrow-down | | From a whole to its part
suggest.pick | , | layers | | Mark the suggestion under the cursor for merging
suggest.search | Shift+Y | sparkles | | Search the photo for everything
suggest.searchRegion | | scan | | Search the part in sight for everything
suggest.searchDrawn | | square-dashed | | Search the rectangle drawn last for everything
suggest.stop | | x | | Stop the search
Image
image.next | F ArrowRight | chevron-right | | Next image
image.previous | D ArrowLeft | chevron-left | | Previous image
image.forward | Shift+F | chevron-right | | 10 images forward
image.back | Shift+D | chevron-left | | 10 images back
image.unfinished | J | circle-dashed | | Next unfinished image
image.submit | Ctrl+Enter | send | | Mark as done, go to the next
image.reopen | Ctrl+Shift+Enter | rotate-ccw | | Reopen: no longer done
image.region | Shift+R | crosshair | | Full resolution for the part in sight, and back
image.save | Ctrl+S | save | | Save now
Review
review.panel | C | message-square | | Review and comments
review.comment | Shift+N | tag | | Comment here
review.accept | Shift+K | check | | Accept the image
review.return | Shift+T | undo-2 | | Return the image…
review.next | Shift+J | eye | | Next to review
review.changes | Shift+W | eye | | Show changes
View
view.fit | 0 | maximize | rail4 | Fit the photo
view.move | Space | hand | held | Hold and drag to move the photo
view.full | Shift+0 | scan | | Zoom to 100 %
view.in | Ctrl++ Ctrl+= | zoom-in | repeat | Zoom in
view.out | Ctrl+- | zoom-out | repeat | Zoom out
view.preview | W | sparkles | | Preview the mask under the cursor
view.outline | O | circle-dashed | | Outlines only
view.masks | M | eye-off | | Hide all masks
view.colors | K | shapes | | Colour by label or by instance
view.panel | \ | panel-right | | Side panel
view.display | I | sliders-horizontal | | Brightness, contrast, opacity
view.overlap | Shift+O | layers | | No overlap: new pixels are taken from below
view.filmstrip | U | images | | Filmstrip
view.loupe | Z | search | | Loupe
view.guidelines | Shift+I | info | | Guidelines
view.theme | | sun | | Light or dark
view.fullscreen | Shift+Enter | monitor | | Full screen
view.part | F6 | panel-right | | Next part of the window
view.partBack | Shift+F6 | panel-right | | Previous part of the window
Help
palette.show | Ctrl+K | search | | All commands
keys.show | | keyboard | | Change keys
help.show | ? F1 | circle-help | rail4 | Keys and help
`;

/** @returns {CommandRow[]} the table, line by line */
export function commandRows() {
  let group = '';
  return TABLE.trim()
    .split('\n')
    .flatMap((line) => {
      const [id = '', keys, icon = '', notes, name] = line.split('|').map((cell) => cell.trim());
      if (name) return [{ id, group, keys: words(keys), icon, notes: words(notes), name }];
      group = id;
      return [];
    });
}

/** @param {string} [cell] */
const words = (cell = '') => cell.split(' ').filter(Boolean);
