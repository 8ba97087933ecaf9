// Keys go to the screen from the first moment on, and whenever somebody comes back to the page.
"use strict";
const toScreen = () => document.querySelector("#terminal textarea")?.focus();
window.addEventListener("load", () => setTimeout(toScreen, 0));
window.addEventListener("focus", toScreen);
