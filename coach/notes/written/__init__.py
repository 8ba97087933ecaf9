"""What was heard, as a person would write it down: numbers, amounts, dates, codes, names.

``form``        the written form of an utterance, each piece with the words it stands for
``atoms``       the words of a text, apart from their punctuation
``cardinals``   numbers: "two hundred and fifty"
``codes``       what is said sign by sign: account numbers, post codes, spelled names
``post_codes`` British and Irish post codes by their grammar
``divided``    figures that a recogniser divides in its own way
``signs``       the signs of such a run: digits, letters, "double five"
``star_codes`` what is typed with star and hash: "star six seven"
``amounts``     money, and what a recogniser made of it
``dates``       days and years
``times``       times of day
``addresses``   e-mail and web addresses
``numbered``    numbers that belong to a word beside them: "flat twelve b"
``figures``     percentages, decimals and numbers in running text

Pure: the same words give the same form, and rules never see it.
"""
